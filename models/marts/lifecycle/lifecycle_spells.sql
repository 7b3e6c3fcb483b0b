select
    people.customer_key,
    people.customer_number,
    spells.started_on,
    spells.ended_on,
    spells.stage,
    spells.previous_stage,
    spells.spell_number
from {{ ref('int_lifecycle_spells') }} as spells
inner join {{ ref('customers') }} as people
    on spells.customer_number = people.customer_number
