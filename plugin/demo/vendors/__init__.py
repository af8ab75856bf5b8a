"""The truth of a day in the words of a vendor: a `Day` in, postings out, and how that vendor signs them."""
