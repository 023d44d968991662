# Words of printed sheets. Seen by people who have the PDF read aloud.
sheet-qr-alt = QR-код: адрес анкеты { $url }
