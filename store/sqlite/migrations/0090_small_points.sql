-- 0021 wrote points below a ten-thousandth as SQLite writes such numbers, 1.0e-05, which nothing reads: they are
-- 0.00001. Numbers with more decimals than six were fractions, and are right.
UPDATE asm_results SET outcome = json_set(outcome, '$.items', (
    SELECT group_concat(CASE WHEN i.value GLOB '*[0-9]e-[0-9]*' THEN rtrim(printf('%.6f', i.value), '0') ELSE i.value END, ',' ORDER BY i.key)
    FROM json_each('["' || replace(outcome ->> 'items', ',', '","') || '"]') i))
WHERE outcome LIKE '%e-0%';

UPDATE asm_results SET past = (
    SELECT group_concat(json_set(l.value, '$.items', (
        SELECT group_concat(CASE WHEN i.value GLOB '*[0-9]e-[0-9]*' THEN rtrim(printf('%.6f', i.value), '0') ELSE i.value END, ',' ORDER BY i.key)
        FROM json_each('["' || replace(l.value ->> 'items', ',', '","') || '"]') i)) || char(10), '' ORDER BY l.key)
    FROM json_each('[' || replace(rtrim(past, char(10)), char(10), ',') || ']') l)
WHERE past LIKE '%e-0%';
