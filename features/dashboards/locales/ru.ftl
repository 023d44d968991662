title = Анализ
all-bodies = Все ваши органы
tree-root = Все органы
own-responses = { $name }, без подчинённых
body-label = Орган и подчинённые
body-hint = Код или название
first-day = С даты
last-day = По дату
about-label = О чём
about-all = Все оценки
cut-label = Динамика
cut-auto = Как удобнее
cut-day = По дням
cut-week = По неделям
cut-month = По месяцам
units-label = Органы
units-below = Подчинённые
units-offices = Каждый офис
against-label = Сравнить с
against-before = Дни до этого
against-year = Год назад
more-label = Ещё отбор
presets-label = Готовые периоды
preset-7 = 7 дней
preset-30 = 30 дней
preset-90 = 90 дней
preset-365 = Год
preset-month = Этот месяц
preset-year = С января
below-label = Подчинённые органы
up-label = Выше
lead = { $body }. { $period }, { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}.
lead-about = Только критерий «{ $criterion }».
responses = { $shown } { $n ->
    [one] отклик
    [few] отклика
   *[other] откликов
}
empty-title = За эти дни откликов нет
empty-text = Здесь появятся графики: за что и где ставят «Плохо», как это меняется, чем органы отличаются друг от друга. Возьмите период подлиннее или другой орган.
empty-action = За год
printed = Напечатано { $when }, { $person }
updated = Обновлено
as-table = Таблицей
download = Скачать таблицу (CSV)
chart-label = График
legend-label = Цвет: доля «Плохо»
legend-below = до { $n } %
legend-above = от { $n } %
legend-few = откликов нет или меньше пяти
few = мало
bounds = ({ $low }–{ $high }), n = { $n }
only-n = n = { $n }
nothing = Откликов слишком мало: доли показываются от пяти.
nothing-sad = «Плохо» за эти дни не ставили.
any-sad = хотя бы одно «Плохо»

bad-body = Органа «{ $value }» нет среди ваших. Введите код или часть названия, по которой он находится один.
bad-date = «{ $value }» не дата. Выберите день в календаре.
bad-dates = Первая дата позже второй. Показаны последние 30 дней.
bad-length = Период длиннее трёх лет. Показаны последние 30 дней.
bad-value = Значения «{ $value }» нет. Этот отбор не учтён.
bad-address = Адрес прочитать не удалось. Показано всё за 30 дней.

shares-title = Чем недовольны?
shares-answer = Хотя бы одно «Плохо» — { $any }. Чаще всего недовольны тем, что в критерии «{ $criterion }»: { $share }.
shares-note = Полоса — доля «Плохо» среди оценивших критерий, черта — границы, в которых доля лежит с вероятностью 95 %.
dynamics-title = Становится лучше или хуже?
dynamics-answer = Меньше всего недовольных: { $best-when }, { $best }. Больше всего: { $worst-when }, { $worst }.
dynamics-note = Полоса вокруг линии — границы, в которых доля лежит с вероятностью 95 %. Где откликов меньше пяти, линия прервана.
causes-title = За что чаще всего ставят «Плохо»?
causes-answer = Больше всего «Плохо» за «{ $criterion }»: { $share } всех «Плохо».
causes-note = Полоса — сколько раз поставили «Плохо», от частого к редкому. Нажмите на критерий, чтобы увидеть остальное только о нём.
places-title = Где чаще всего недовольны?
places-answer = { $few ->
    [one] { $few } орган из { $all } даёт
    [few] { $few } органа из { $all } дают
   *[other] { $few } органов из { $all } дают
} { $share } всех недовольных откликов.
places-answer-one = Все недовольные отклики ({ $n }) об одном органе: { $name }.
places-note = Полоса — сколько недовольных откликов. Где откликов больше, там больше и недовольных: сравнить органы между собой помогает график «Кто отличается от других?».
places-note-more = Показаны первые 12, остальные в таблице. Где откликов больше, там больше и недовольных: сравнить органы между собой помогает график «Кто отличается от других?».
running = { $share }, с верхними { $sum }
offices-title = Кто отличается от других?
offices-answer = Сравнили { $n ->
    [one] { $n } орган
    [few] { $n } органа
   *[other] { $n } органов
}. Точно хуже общей доли ({ $mean }): { $worse }, точно лучше: { $better }. О прочих этого сказать нельзя.
offices-alone = Сравнивать не с чем: хотя бы пять откликов есть меньше чем у двух органов.
offices-note = Точка — доля недовольных, черта — границы, верные для всех органов сразу с вероятностью 95 %; вертикаль — общая доля. Место 1 — недовольны чаще всех.
offices-note-more = Показаны 12 с наибольшей долей, остальные в таблице. Точка — доля недовольных, черта — границы, верные для всех органов сразу с вероятностью 95 %; вертикаль — общая доля. Место 1 — недовольны чаще всех.
place = место { $place }, n = { $n }
hours-title = В какие часы недовольны чаще?
hours-answer = Чаще всего недовольны: { $day }, { $hour }, { $share }.
hours-all-marks = Здесь посчитаны все оценки вместе.
hours-note = Время органа. Число — доля откликов с «Плохо» в процентах, точка — меньше пяти откликов.
hour-share = { $day }, { $hour }: { $share }
periods-title = Что изменилось?
periods-worse = По сравнению с { $other } недовольных стало больше: { $points } Это больше случайного разброса.
periods-better = По сравнению с { $other } недовольных стало меньше: { $points } Это больше случайного разброса.
periods-same = По сравнению с { $other } доля недовольных не изменилась больше, чем могла бы случайно.
periods-few = Сравнить с { $other } нельзя: в одном из периодов меньше пяти откликов.
periods-nothing = Сравнить нельзя: в одном из периодов меньше пяти откликов.
periods-note = Вправо — недовольных стало больше, влево — меньше. Черта — границы разности с вероятностью 95 %: если она пересекает середину, изменение может быть случайным.
points = { $value } п. п.
was-now = было { $was }, стало { $now }
map-title = В каких регионах недовольны чаще?
map-answer = Чаще всего: { $worst }, { $worst-share }. Реже всего: { $best }, { $best-share }.
map-answer-one = Отклики есть об одном регионе: { $region }, { $share }.
map-note = Квадрат — субъект Федерации, число — доля недовольных в процентах, точка — меньше пяти откликов. Нажмите на квадрат, чтобы увидеть органы региона.
region-share = { $region }: { $share }
step-share = { $when }: { $share }
break-version = анкета, версия { $version }
break-closed = закрыт { $name }
break-here = орган закрыт

column-criterion = Критерий
column-body = Орган
column-region = Регион
column-from = С
column-to = По
column-weekday = День
column-hour = Час
column-share = Доля «Плохо», %
column-low = От, %
column-high = До, %
column-sad = «Плохо»
column-marks = «Плохо»
column-n = n
column-break = Что произошло
column-of-all = Доля всех «Плохо», %
column-running = Вместе с верхними, %
column-first = Место от
column-last = Место до
column-share-before = Было, %
column-n-before = n было
column-share-now = Стало, %
column-n-now = n стало
column-difference = Разность, п. п.
column-low-points = От, п. п.
column-high-points = До, п. п.

day-1 = пн
day-2 = вт
day-3 = ср
day-4 = чт
day-5 = пт
day-6 = сб
day-7 = вс
month-1 = янв
month-2 = фев
month-3 = мар
month-4 = апр
month-5 = май
month-6 = июн
month-7 = июл
month-8 = авг
month-9 = сен
month-10 = окт
month-11 = ноя
month-12 = дек
