materials-title = Материалы для печати
materials-of = Материалы для печати: { $office }

link-heading = Ссылка на инспекцию
link-label = Ссылка на инспекцию
link-hint = Её печатают под QR-кодом: по ней анкету открывают те, у кого нет сканера.
link-open = Открыть анкету

code-heading = QR-код
code-about = Код открывает анкету органа. Код одинаков, когда бы его ни создали: напечатанные раньше плакаты действуют.
code-create = Создать QR-код
code-ready = QR-код готов. Скачайте его в нужном виде.
code-check = Перед печатью тиража наведите на код камеру телефона: должна открыться анкета вашего органа.

download-pdf = Скачать PDF
download-svg = Скачать SVG
download-png = Скачать PNG
download-pdf-kind = PDF
download-pdf-about = лист A5 с названием и ссылкой, готов к печати
download-svg-kind = SVG
download-svg-about = для макета плаката, любой размер без потери качества
download-png-kind = PNG
download-png-about = картинка для документа, 8,5 см при печати

closed-title = Орган закрыт
closed-text = Анкета закрытого органа не принимает отзывы, поэтому QR-код для него не создаётся.
