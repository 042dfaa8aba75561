"""Exams for whatever understands sentences: questions, who sits them, marks and tables."""
