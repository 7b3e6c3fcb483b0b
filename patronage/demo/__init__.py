"""A made-up outdoor shop: raw files of the whole contract, and the truth about them.

Two kinds of people shop here. The *crowd* is drawn at random (BG/NBD purchases, heavy-tailed
spend) block by block with numpy, so that memory does not grow with the shop. The *cast* is a
fixed list of planted people, orders and broken rows, one for every rule worth testing; its rows
are kept as text and are the same in every shop. `truth.json` tells what is expected of the cast,
as it was worked out by hand, and what is to become of the files' rows.

    shop        what the shop is: what it sells, its prices and rates, its season
    people      the crowd: who shops when
    orders      what the crowd orders and gives back
    events      what the crowd, passers-by and bots do on the site and in the mail
    marketing   what the shop does to be known: campaigns, spend, followers; its markets
    trial       a letter that some are held out of at random
    voices      what people say to it: consents, requests, answers, what they spend elsewhere
    cast, many  planted people, from `planted/*.yml` and by the dozen
    truth       what the files mean
    writer      the files: CSV or Parquet, by the raw contract
    make        all of it: a folder of files and their truth
    columns, times  what the others share
"""

from patronage.demo.make import make_demo

__all__ = ["make_demo"]
