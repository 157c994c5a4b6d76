"""The bulletin of a period: what people read of one revision, as pages, a workbook and a printed paper.

Everything is made from one ``content.Content``; nothing here reads a database, a clock or a file of the network.
"""
