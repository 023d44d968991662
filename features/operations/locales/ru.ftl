journal-title = Журнал
journal-sealed = Цепочка доведена до записи № { $seq }, сделанной
journal-nothing-sealed = В цепочке пока нет записей.
journal-waiting = { $count ->
    [one] Ещё { $shown } запись ждёт своей очереди: обычно не дольше секунды.
    [few] Ещё { $shown } записи ждут своей очереди: обычно не дольше секунды.
   *[other] Ещё { $shown } записей ждут своей очереди: обычно не дольше секунды.
}
journal-zone = Время указано по поясу { $zone }. Точное время появляется при наведении.
journal-from = С даты
journal-to = По дату
journal-actor = Логин
journal-action = Действие
journal-code = Код органа
journal-any-action = Любое
journal-day-wrong = Даты «{ $day }» нет. Выберите другую в календаре.
journal-body-unknown = Органа с таким кодом среди доступных вам нет. Проверьте код.
journal-when = Время
journal-who = Кто
journal-what = Что сделано
journal-subject = С чем
journal-body = Орган
journal-change = Что изменилось
journal-chain = Цепочка
journal-trace = Номер запроса
journal-fields = { $count ->
    [one] { $count } поле
    [few] { $count } поля
   *[other] { $count } полей
}
journal-before = Было:
journal-after = Стало:
journal-more = и ещё { $count }
journal-erased = стёрто
journal-erased-long = Стёрто: личные данные этой записи удалены без возможности вернуть. Кто и когда это сделал, сказано в отдельной записи журнала. Цепочка при этом осталась целой.
journal-no-change = Подробностей у этой записи нет.
journal-unsealed = ещё не в цепочке
journal-none-title = Таких записей нет
journal-none-text = Измените условия отбора или сбросьте их.
journal-empty-title = Журнал пока пуст
journal-empty-text = Здесь появится всё, что делают сотрудники и сама система: вход, изменения органов, получателей и ролей.

verify-title = Как проверить, что журнал не меняли
verify-what = На сервере, рядом с работающей программой, выполните команду
verify-heads = Команда проверит каждую запись, их порядок и сверит журнал с подписанными выгрузками. Выгрузка делается каждый день; храните её там, куда у администратора базы данных нет доступа: тогда изменить прошлое незаметно не сможет и он.
verify-erased = Стёртые личные данные проверке не мешают: о каждом стирании есть запись.

group-bodies = Органы
group-units = Подразделения
group-people = Учётные записи и роли
group-sessions = Вход и выход
group-responsibles = Ответственные сотрудники
group-recipients = Получатели писем
group-alerts = Правила оповещений
group-responses = Отклики
group-posters = Текст плаката
group-placements = Размещение плакатов
group-questionnaires = Анкеты
group-outbox = Очередь писем
group-journal = Сам журнал

system-other = Система: { $reason }
actor-schedule = Система: по расписанию
actor-command = Система: командой на сервере
actor-demo = Система: показательные данные

subject-body = орган
subject-person = учётная запись
subject-unit = подразделение
subject-response = отклик
subject-journal = запись журнала
subject-delivery = письмо
subject-event = событие
subject-session = сеанс
subject-questionnaire = анкета
subject-placement = размещение плаката
subject-sender = отправитель данных
subject-daily-delivery = поставка данных
subject-partner = получатель данных
subject-sending = отправка данных

value-yes = да
value-no = нет

action-journal-erase = Стёрты личные данные записи журнала
action-outbox-retry = Письмо отправляется ещё раз
action-outbox-retry-all = Письма, отправка которых была прекращена, отправляются ещё раз
action-outbox-look = Проверка почтового сервера вне очереди
action-events-retry = Событие обрабатывается ещё раз

outbox-title = Письма
outbox-running = Отправка идёт, почтовый сервер отвечает.
outbox-letters = Очередь писем
outbox-no-content = Содержание писем и откликов здесь не показывается, адреса получателей скрыты.
outbox-status = Состояние
outbox-any-status = Любое
outbox-created = Отклик принят
outbox-address = Орган и получатель
outbox-attempts = Попыток
outbox-attempts-made = { $count ->
    [one] { $count } попытка
    [few] { $count } попытки
   *[other] { $count } попыток
}
outbox-next = следующая
outbox-last = последняя
outbox-reason = Причина и ответ сервера
outbox-action = Действие
outbox-unsure = Связь оборвалась во время передачи: письмо могло дойти.
outbox-retry = Повторить
outbox-retry-of = Повторить: { $body }
outbox-retry-all = Повторить прекращённые ({ $count })
outbox-retried = Письмо поставлено в очередь и будет отправлено сейчас.
outbox-retried-all = { $count ->
    [one] В очередь возвращено { $shown } письмо.
    [few] В очередь возвращены { $shown } письма.
   *[other] В очередь возвращено { $shown } писем.
}
outbox-retried-none = Прекращённых писем нет: возвращать нечего.
outbox-looked = Почтовый сервер будет проверен сейчас. Обновите страницу через несколько секунд.
outbox-none-title = Писем здесь нет
outbox-none-text = Письмо появится, когда человек поставит отрицательную оценку или напишет отзыв без оценок.

pause-title = Отправка приостановлена
pause-kept = Письма не пропадут: они уйдут, как только сервер ответит.
pause-since = С какого времени
pause-until = Следующая проверка
pause-failures = Неудач подряд
pause-error = Что ответил сервер
pause-look = Проверить сейчас

events-title = Очередь событий
events-waiting = Ждут обработки
events-failing = Не удались и повторяются
events-failing-title = События, которые не удались
events-oldest = Самое раннее
events-at = Произошло
events-kind = Событие
events-next = Следующая попытка
events-never = ждёт вашего решения
events-retried = Событие будет обработано сейчас.

system-title = Программа
system-database = База данных
system-schema = Схема базы данных
system-schema-done = { $count ->
    [one] Готова, выполнен { $count } шаг.
    [few] Готова, выполнены { $count } шага.
   *[other] Готова, выполнено { $count } шагов.
}
system-schema-pending = { $count ->
    [one] Не выполнен { $count } шаг. Запустите команду
    [few] Не выполнены { $count } шага. Запустите команду
   *[other] Не выполнено { $count } шагов. Запустите команду
}
system-schema-unknown = Новее этой версии программы: другой сервер уже обновлён. Обновите и этот.
system-version = Версия
system-uptime = Работает без перерыва
system-uptime-value = { $days } д { $hours } ч { $minutes } мин

action-bodies-create = Орган добавлен
action-bodies-change = Сведения об органе изменены
action-bodies-rename = Орган переименован
action-bodies-move = Орган перенесён
action-bodies-close = Орган закрыт
action-bodies-reopen = Орган снова открыт
action-units-create = Подразделение добавлено
action-units-change = Подразделение изменено
action-units-remove = Подразделение удалено
action-people-create = Учётная запись создана
action-people-change = Сведения о сотруднике изменены
action-people-grant = Роль дана
action-people-withdraw = Роль снята
action-people-disable = Учётная запись отключена
action-people-enable = Учётная запись снова включена
action-people-lock = Вход закрыт после неверных паролей
action-people-unlock = Вход снова открыт
action-people-change-password = Пароль изменён
action-people-reset-password = Выдан временный пароль
action-sessions-begin = Вход
action-sessions-end = Выход
action-posters-set = Задан текст плаката
action-posters-inherit = Удалён собственный текст плаката
action-placements-add = Записано размещение плаката
action-placements-photo = Добавлена фотография плаката
action-placements-remove = Записано, что плакат снят
action-senders-create = Добавлен отправитель данных
action-senders-change = Изменён отправитель данных
action-senders-token = Выдан токен отправителю данных
action-senders-token-end = Отозван токен отправителя данных
action-deliveries-receive = Получены данные о ходе услуг
action-deliveries-decide = Решено о данных о ходе услуг
action-deliveries-restore = Квитанция данных о ходе услуг восстановлена по озеру
action-records-set = Изменён справочник хода услуг
action-partners-create = Добавлен получатель данных
action-partners-change = Изменён получатель данных
action-sendings-again = Данные отправляются ещё раз
action-responsibles-create = Ответственный добавлен в реестр
action-responsibles-change = Сведения об ответственном изменены
action-responsibles-remove = Ответственный удалён из реестра
action-responsibles-export = Реестр ответственных скачан
action-recipients-change = Изменены получатели писем
action-recipients-mark = Отмечены обязательные получатели
action-alerts-change = Изменены правила оповещений
action-responses-look = Отклик отмечен как просмотренный
action-responses-look-day = День отмечен как просмотренный
action-responses-undo-day = Снята отметка о просмотре дня
action-responses-export = Отклики скачиваются
action-responses-exported = Скачивание откликов закончено
action-responses-forget-texts = Тексты откликов удалены: истёк срок хранения
action-responses-outcome = Записано, что сделано по отклику

field-flood-limit = Писем за десять минут, не больше
field-several = Отрицательных за час считать тревогой
field-several-to = Кому ещё писать о тревоге
field-words = На какие слова обращать внимание
field-words-to = Кому ещё писать о словах
field-daily-hour = Час сводки за вчера
field-daily-to = Кому ещё присылать сводку
field-name = Название
field-full-name = Полное название
field-short-name = Краткое название
field-code = Код
field-parent = Вышестоящий орган
field-parent-code = Код вышестоящего органа
field-kind = Вид
field-level = Уровень
field-region = Регион
field-time-zone = Часовой пояс
field-zone = Часовой пояс
field-address = Адрес
field-latitude = Широта
field-longitude = Долгота
field-place = Место
field-site = Сайт
field-has-queue-terminal = Есть терминал очереди
field-queue-terminal = Есть терминал очереди
field-is-office = Принимает посетителей
field-office = Принимает посетителей
field-closed-at = Закрыт
field-login = Логин
field-role = Роль
field-roles = Роли
field-body = Орган
field-unit = Подразделение
field-position = Должность
field-phone = Телефон
field-email = Электронная почта
field-quality = Отвечает за качество
field-is-quality = Отвечает за качество
field-person = Учётная запись
field-format = Вид файла
field-below = С подчинёнными
field-recipients = Получатели
field-deputy-head = Заместитель руководителя, курирующий мониторинг качества
field-unit-head = Начальник подразделения, ответственного за качество
field-added = Добавлено
field-removed = Удалено
field-reason = Причина
field-responses = Откликов с этой отметкой
field-outcome = Что сделано
field-looked = Просмотрен
field-count = Количество
field-filter = Отбор
field-whole = Целиком
field-failures = Неверных паролей подряд
field-locked-until = Вход закрыт до
field-temporary-password = Временный пароль
field-ended = Завершено сеансов
field-heading = Заголовок
field-invitation = Призыв
field-footer = Мелкие строки внизу
field-carrier = На чём висит
field-day = День
field-note = Примечание
field-photo = Фотография

place-info-stand = стенд № 1
place-queue-terminal = рядом с терминалом очереди
place-other = другое место
carrier-open = открыто
carrier-pocket = плоский карман
