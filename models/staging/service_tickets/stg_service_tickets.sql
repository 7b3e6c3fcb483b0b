{{ accepted_rows('service_tickets') }}
