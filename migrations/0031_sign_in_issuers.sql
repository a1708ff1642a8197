-- Who made a link: his id (`user_…`, `tok_…` or `system`), and his name as it was then; absent for links from before.
ALTER TABLE sign_in_links ADD COLUMN issuer TEXT;
ALTER TABLE sign_in_links ADD COLUMN issuer_name TEXT;
