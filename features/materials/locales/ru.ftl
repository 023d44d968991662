materials-title = Материалы для печати
materials-of = Материалы для печати: { $office }

## Ссылка и QR-код

link-heading = Ссылка на инспекцию
link-label = Ссылка на инспекцию
link-hint = Её печатают под QR-кодом: по ней анкету открывают те, у кого нет сканера.
link-copy = Скопировать
link-copied = Ссылка скопирована
link-selected = Ссылка выделена: нажмите Ctrl и C
link-open = Открыть анкету

code-heading = QR-код и плакат
code-about = Код открывает анкету органа. Код одинаков, когда бы его ни создали: напечатанные раньше плакаты действуют.
code-create = Создать QR-код
code-ready = QR-код готов. Скачайте его в нужном виде.
code-check = Перед печатью тиража наведите на код камеру телефона: должна открыться анкета вашего органа.

download-poster = Скачать плакат
download-pdf = Скачать PDF
download-svg = Скачать SVG
download-png = Скачать PNG
download-poster-kind = Плакат
download-poster-about = лист A4 с приглашением оценить обслуживание, готов к печати, в том числе чёрно-белой
download-pdf-kind = PDF
download-pdf-about = лист A5 с названием и ссылкой, готов к печати
download-svg-kind = SVG
download-svg-about = для макета плаката, любой размер без потери качества
download-png-kind = PNG
download-png-about = картинка для документа, 8,5 см при печати

closed-title = Орган закрыт
closed-text = Анкета закрытого органа не принимает отзывы, поэтому QR-код для него не создаётся.

## Текст плаката (QR-10)

text-heading = Текст плаката
text-change = Изменить текст
source-label = Откуда текст
source-own = Собственный текст этого органа
source-above = Задан вышестоящим органом: { $name }
source-above-hidden = Задан вышестоящим органом
source-usual = Текст по умолчанию: ни один вышестоящий орган не задал своего

poster-heading-tax = Оцените качество обслуживания в налоговом органе
poster-heading-other = Оцените качество обслуживания
poster-invitation-usual = Отсканируйте QR-код или введите ссылку в адресную строку браузера
poster-footer-usual = Имя, телефон и почту указывать не нужно

poster-title = Текст плаката
poster-of = Текст плаката: { $office }
poster-about = Текст действует для этого органа и для всех нижестоящих, у которых нет собственного.
poster-heading = Заголовок
poster-heading-hint = Самые крупные слова: их читают за два метра. Чем короче, тем крупнее.
poster-invitation = Призыв
poster-invitation-hint = Что сделать: отсканировать код, ввести ссылку.
poster-footer = Мелкие строки внизу
poster-footer-hint = До трёх строк. Название органа, QR-код и ссылка печатаются сами.
poster-save = Сохранить
poster-look = Предпросмотр
poster-inherit-title = Вернуть общий текст
poster-inherit-about = Собственный текст будет удалён, и снова будет действовать текст вышестоящего органа.
poster-inherit = Удалить собственный текст
poster-preview = Так будет напечатан плакат
poster-preview-typed = Так будет напечатан плакат. Текст ещё не сохранён.
poster-preview-none = Исправьте ошибки, и здесь появится плакат.
poster-alt = Плакат с заголовком «{ $heading }», под ним призыв, QR-код, ссылка и название органа

text-no-heading = Введите заголовок.
text-heading-long = Сократите заголовок до { $max } знаков.
text-invitation-long = Сократите призыв до { $max } знаков.
text-many-lines = Оставьте внизу не больше { $max } строк.
text-line-long = Сократите каждую строку внизу до { $max } знаков.

## Где размещены плакаты (QR-11)

placements-title = Размещение плакатов
placements-of = Размещение плакатов: { $office }
placements-new = Записать размещение
placements-make = Скачать плакат
placements-rule = Как должно быть
placements-rule-source = Пункты 3.10 и 4.1 Порядка работы с сервисом «QR-анкетирование».
placements-now = Размещены сейчас
placements-none = Размещённых плакатов нет
placements-none-text = Распечатайте плакат, разместите его и запишите, где он висит.
placements-before = Сняты
placements-not-office = Орган не принимает посетителей
placements-not-office-text = Плакаты размещают там, где принимают людей.
placements-closed-text = Плакаты закрытого органа больше не учитываются. Ниже то, что было записано.

rule-count = Плакатов не меньше { $least }, сейчас { $now }
rule-enough = достаточно
rule-few = мало
rule-there = есть
rule-empty = пусто

place-info-stand = Стенд № 1 «Организационно-распорядительная информация»
place-queue-terminal = Рядом с терминалом электронной очереди (СУО)
place-other = Другое место

carrier-open = Открыто: на стенде, на стене, в рамке
carrier-pocket = Плоский карман на один лист A4
carrier-flip-stand = Перекидная система

column-place = Место
column-carrier = На чём
column-day = Размещён
column-by = Кто записал
column-photo = Фото
column-removed = Снят
column-reason = Причина
photo-yes = есть
photo-no = нет

new-title = Новое размещение
new-about = Запись остаётся в истории и после того, как плакат снимут.
new-place = Место
new-carrier = На чём висит
new-carrier-hint = Перекидная система не допускается: плакат в ней не виден, пока её не перелистают.
new-day = Когда размещён
new-note = Где именно
new-note-hint = Например: «зал № 2, у входа». Обязательно, если выбрано другое место.
new-photo = Фотография
new-photo-hint = JPEG, PNG или WebP до 10 МБ, можно добавить позже. Координаты съёмки и другие сведения о снимке удаляются.
new-save = Записать
cancel = Отмена

wrong-no-place = Выберите место.
wrong-place-not-here = У этого органа нет такого предписанного места. Выберите «Другое место» и напишите, где именно.
wrong-no-carrier = Выберите, на чём висит плакат.
wrong-flip-stand = Плакаты нельзя размещать в перекидной системе (пункт 3.10 Порядка). Поместите плакат на стенд или в плоский карман на один лист A4 и запишите новое место.
wrong-no-day = Введите день: число, месяц и год.
wrong-day-ahead = Этот день ещё не наступил. Запишите плакат, когда он будет размещён.
wrong-day-far = Проверьте год: размещения записывают начиная с 2015 года.
wrong-no-note = Напишите, где именно висит плакат.
wrong-note-long = Сократите текст до 300 знаков.
wrong-no-reason = Напишите, почему плакат снят.

photo-too-long = Файл больше 10 МБ. Уменьшите снимок или выберите другой.
photo-kind = Это не снимок в формате JPEG, PNG или WebP. Сохраните его в одном из этих форматов и выберите снова.
photo-too-large = На снимке больше 50 миллионов точек. Уменьшите его и выберите снова.
photo-broken = Файл повреждён и не открывается. Выберите другой снимок.
photo-again = Выберите снимок ещё раз: браузер не хранит файл, когда в форме есть ошибки.
photo-none = Выберите файл со снимком.
photo-alt = Снимок: { $place }

placement-of = Плакат: { $office }
placement-facts = О размещении
placement-created = Записано
placement-note = Где именно
placement-photo = Фотография
placement-no-photo = Фотографии нет.
placement-photo-open = Открыть снимок
placement-photo-add = Добавить фотографию
placement-photo-replace = Заменить фотографию
placement-photo-save = Отправить снимок
placement-remove = Плакат снят
placement-remove-about = Запись останется в истории, но плакат больше не будет учитываться.
placement-reason = Почему снят
placement-removed = Снят
placement-removed-by = Кто записал снятие

done-text = Текст плаката сохранён.
done-inherited = Собственный текст удалён.
done-placed = Размещение записано.
done-photo = Снимок сохранён.
done-removed = Записано, что плакат снят.

## Офисы и правило

offices-title = Плакаты в офисах
offices-search = Код, название или адрес
offices-region = Регион
offices-any-region = Все
offices-gap = Показать
offices-all = Все офисы
offices-any-gap = С пробелами
offices-below = Меньше двух плакатов
offices-place = Пустое место
offices-office = Офис
offices-code = Код
offices-posters = Плакатов
offices-missing = Чего нет
offices-last = Последнее размещение
offices-none = Офисов нет
offices-none-text = В вашей области видимости нет органов, которые принимают людей.
offices-not-found = Ничего не найдено
offices-not-found-text = Измените условия или покажите все офисы.
offices-show-all = Показать все
tile-below = меньше двух плакатов
tile-place = пустует предписанное место
need-below = { $n ->
    [one] орган, где меньше двух плакатов
    [few] органа, где меньше двух плакатов
   *[other] органов, где меньше двух плакатов
}
need-place = { $n ->
    [one] орган, где пустует предписанное место плаката
    [few] органа, где пустует предписанное место плаката
   *[other] органов, где пустует предписанное место плаката
}
gap-few = меньше двух
gap-empty = { $place }: пусто
place-short-info-stand = стенд № 1
place-short-queue-terminal = у терминала СУО
place-short-other = другое место
