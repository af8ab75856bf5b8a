"""A made-up centre in Riga: a fortnight of its work goes in as signed webhooks, a digest and an alert come out."""
