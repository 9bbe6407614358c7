-- Would an insert do more than insert? Triggers and rules of the table may.
select exists (
    select 1
    from pg_catalog.pg_trigger t
    where t.tgrelid = to_regclass($1)
      and not t.tgisinternal
      and t.tgenabled in ('O', 'A')
      and t.tgtype & 4 <> 0
) or exists (
    select 1
    from pg_catalog.pg_rewrite r
    where r.ev_class = to_regclass($1) and r.ev_type = '3' and r.ev_enabled in ('O', 'A')
)
