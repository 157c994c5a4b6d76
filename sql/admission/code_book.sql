-- what: keep what the texts of a treasury meant
-- grain: code book
-- params: book_digest, book
insert into ops.code_book (book_digest, book)
values (:book_digest, cast(:book as jsonb))
on conflict do nothing
