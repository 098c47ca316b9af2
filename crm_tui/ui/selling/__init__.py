"""What the pipeline screen is made of: texts of cards, forms, questions, funnel."""
