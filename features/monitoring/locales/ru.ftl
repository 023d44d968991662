## Что не так с тем, что введено

wrong-empty = Заполните это поле.
empty-name = Укажите название.
empty-code = Укажите код.
empty-body = Укажите код органа.
empty-address = Укажите адрес.
empty-login = Укажите логин.
empty-reason = Укажите основание.
wrong-long = Слишком длинно.
wrong-letters = Здесь нужны латинские буквы, цифры и дефис.
wrong-taken = Такой код уже занят другим отправителем.
wrong-no-body = Такого органа нет или он вне вашего участка.
wrong-no-service = Такой услуги нет. Выберите её из списка.
wrong-no-variant = У этой услуги такого варианта нет. Выберите его из списка.
wrong-no-region = Такого региона нет. Выберите его из списка.
wrong-no-channel = Такого канала подачи нет. Выберите его из списка.
wrong-no-sender = Такого отправителя нет или он вне вашего участка. Выберите его из списка.
wrong-no-state = Такого состояния нет. Выберите его из списка.
wrong-no-zone = Такого часового пояса нет. Нужно имя вида Asia/Vladivostok.
wrong-no-choice = Выберите одно из предложенного.
wrong-no-day = Введите день от 2000 года, например 22.11.2026.
wrong-days-turned = Последний день раньше первого.
wrong-after-its-day = Запись о дне не может начать действовать позже самого дня: так она не подействует никогда.
wrong-of-all-services = Срок ожидания в МФЦ один для всех услуг: оставьте услугу и вариант пустыми.
wrong-number = Введите целое число в допустимых пределах.
wrong-scale-turned = Наибольшая оценка должна быть больше наименьшей.
wrong-no-status = Такого статуса нет. Нужен код из справочника, например 1001.
wrong-line = Строка { $line } не читается.
wrong-address = Адрес не подходит к выбранному способу.
wrong-server-key = Отпечаток ключа сервера имеет вид SHA256:… Его показывает команда ssh-keyscan узел | ssh-keygen -lf -
wrong-same-status = Это тот же статус: выберите другой.
wrong-same = Это уже так: менять нечего.
wrong-not-over-all = Справочник действует для всех, поэтому его меняет только тот, чей участок охватывает всех.
wrong-does-not-fit = С этим изменением справочник перестаёт сходиться: названный статус, пункт или правило используются в другом месте.

## Раздел

section = Ход услуг
tabs-label = Части раздела
tab-overview = Обзор
tab-completeness = Полнота
tab-deliveries = Поставки
tab-senders = Отправители
tab-records = Справочники
tab-partners = Отправка
add = Добавить
save = Сохранить
cancel = Отменить
download = Скачать
download-xlsx = Скачать XLSX
download-csv = Скачать CSV
field-name = Название
field-zone = Часовой пояс
body-hint = Код органа, например 2724.
printed = Напечатал: { $person }. { $when }

done-received = Поставка принята и ждёт проверки.
done-known = Эти же данные уже были приняты раньше: вот их квитанция. Ничего не изменилось.
done-sender-added = Отправитель добавлен.
done-saved = Сохранено.
done-token-ended = Токен больше не действует.
done-record = Изменение записано.
done-record-derived = Изменение записано. Если оно действует с прошедшего дня, показатели ранее принятых заявлений пересчитает оператор командой otklik monitoring rebuild.
done-partner-added = Получатель добавлен.
done-again = Данные будут отправлены ещё раз.

column-sender = Отправитель
column-code = Код
column-body = Орган
column-day = За день
column-state = Состояние
column-late = Опоздание
column-applications = Заявлений
column-events = Событий
column-errors = Ошибок
column-received = Получено
column-receipt = Квитанция
column-policy = Ошибочные строки
column-last-day = Последний день
column-api = API
column-place = Где
column-field = Поле
column-message = Что не так
column-value = Значение
column-name = Код
column-says = Что записано
column-since = Действует с
column-partner = Получатель
column-method = Способ
column-address = Адрес
column-hour = Когда
column-attempts = Попыток
column-finished = Завершено

## Обзор

overview-completeness = Данные за последние 14 дней
overview-last = Последние поставки
overview-empty-title = Отправителей пока нет
overview-empty-text = Здесь будет видно, кто прислал данные о ходе услуг, а кто нет. Сначала добавьте отправителей.
overview-empty-ask = Здесь будет видно, кто прислал данные о ходе услуг, а кто нет. Отправителей добавляет администратор: обратитесь к нему.
tile-missing = { $n ->
    [one] день без данных
    [few] дня без данных
   *[other] дней без данных
}
tile-rejected = { $n ->
    [one] день отклонён
    [few] дня отклонены
   *[other] дней отклонено
}
tile-late = { $n ->
    [one] день с опозданием
    [few] дня с опозданием
   *[other] дней с опозданием
}
tile-late-empty = { $n ->
    [one] день объявлен пустым с опозданием
    [few] дня объявлены пустыми с опозданием
   *[other] дней объявлено пустыми с опозданием
}
tile-partly = { $n ->
    [one] день принят без ошибочных строк
    [few] дня приняты без ошибочных строк
   *[other] дней принято без ошибочных строк
}
tile-checking = { $n ->
    [one] день проверяется
    [few] дня проверяются
   *[other] дней проверяется
}
tile-awaited = { $n ->
    [one] день ещё ожидается
    [few] дня ещё ожидаются
   *[other] дней ещё ожидается
}
tile-empty = { $n ->
    [one] день объявлен пустым
    [few] дня объявлены пустыми
   *[other] дней объявлено пустыми
}
tile-delivered = { $n ->
    [one] день в срок
    [few] дня в срок
   *[other] дней в срок
}

## Полнота

completeness-title = Полнота данных: { $month } { $year }
completeness-lead = Получено { $there } из { $owed } ожидавшихся дней.
completeness-empty-title = В этом месяце данных не ждали
completeness-empty-text = Календарь заполнится, когда у отправителя наступит первый день.
months-label = Месяцы
month-previous = Предыдущий месяц
month-next = Следующий месяц
month-of = { $number ->
    [1] январь
    [2] февраль
    [3] март
    [4] апрель
    [5] май
    [6] июнь
    [7] июль
    [8] август
    [9] сентябрь
    [10] октябрь
    [11] ноябрь
   *[other] декабрь
}
calendar-open = { $n ->
    [one] { $n } день требует внимания
    [few] { $n } дня требуют внимания
   *[other] { $n } дней требуют внимания
}
legend-label = Обозначения
mark-outside = не ожидается
mark-awaited = ещё ожидается
mark-checking = проверяется
mark-delivered = в срок
mark-partly = принято без ошибочных строк
mark-late = с опозданием
mark-empty = объявлен пустым
mark-late-empty = объявлен пустым с опозданием
mark-rejected = отклонено
mark-missing = нет данных

## Поставки

deliveries-title = Поставки
deliveries-empty-title = Поставок пока нет
deliveries-empty-text = Здесь появятся пакеты, которые отправители пришлют через API или загрузят на странице.
deliveries-none-title = Таких поставок нет
deliveries-none-text = Измените условия отбора.
all-senders = Все отправители
all-states = Любое состояние
filter-from = За дни с
filter-to = по
state-queued = в очереди
state-checking = проверяется
state-accepted = принята
state-partly = принята частично
state-empty = пустой день
state-rejected = отклонена
state-replaced = заменена
revision = ревизия { $n }

delivery-title = Данные за { $day }: { $name }
lead-queued = { $before ->
    [0] Проверка вот-вот начнётся.
    [one] Ждёт своей очереди: впереди { $before } поставка.
    [few] Ждёт своей очереди: впереди { $before } поставки.
   *[other] Ждёт своей очереди: впереди { $before } поставок.
}
lead-checking = Идёт проверка и запись.
lead-checked = Идёт проверка: прочитано { $percent } %.
lead-writing = Всё прочитано, данные записываются.
lead-accepted = Принято всё: { $applications ->
    [one] { $applications } заявление
    [few] { $applications } заявления
   *[other] { $applications } заявлений
}, { $events ->
    [one] { $events } событие
    [few] { $events } события
   *[other] { $events } событий
}.
lead-partly = Верные строки приняты ({ $taken }), ошибочные пропущены ({ $left }).
lead-empty = День объявлен пустым: заявлений и событий не было.
lead-rejected = { $errors ->
    [one] Ничего не принято: найдена { $errors } ошибка. Исправьте её и пришлите данные снова.
    [few] Ничего не принято: найдено { $errors } ошибки. Исправьте их и пришлите данные снова.
   *[other] Ничего не принято: найдено { $errors } ошибок. Исправьте их и пришлите данные снова.
}
lead-rejected-revision = Ничего не принято: за этот день уже принята такая же или более высокая ревизия.
lead-rejected-unreadable = Ничего не принято: файл повреждён или это не ZIP и не CSV.
lead-rejected-other = Ничего не принято: { $problem }
lead-replaced = Заменена более высокой ревизией.
replaced-by = Какой
delivery-wait = Страницу можно закрыть: проверка продолжится.
delivery-refresh = Обновить
facts-title = О поставке
fact-revision = Ревизия
fact-way = Как получена
fact-file = Файл
fact-digest = SHA-256
fact-commit = Запись озера
fact-finished = Решено
others-title = Другие поставки за этот день
way-api = через API
way-page = на странице
way-command = командой
bytes = { $count ->
    [one] { $n } байт
    [few] { $n } байта
   *[other] { $n } байт
}
count-rows-read = { $n ->
    [one] строка прочитана
    [few] строки прочитаны
   *[other] строк прочитано
}
count-rows-taken = { $n ->
    [one] строка принята
    [few] строки приняты
   *[other] строк принято
}
count-applications = { $n ->
    [one] заявление
    [few] заявления
   *[other] заявлений
}
count-events = { $n ->
    [one] событие
    [few] события
   *[other] событий
}
count-errors = { $n ->
    [one] ошибка
    [few] ошибки
   *[other] ошибок
}
count-warnings = { $n ->
    [one] предупреждение
    [few] предупреждения
   *[other] предупреждений
}
findings-title = Ошибки
findings-more = Показаны первые { $shown } из { $all }.
finding-warning = предупреждение, строка принята
report-download = Скачать отчёт об ошибках
place-line = строка { $n }
place-column = столбец { $n }

upload-title = Загрузить данные
upload-about = Пакет (ZIP с файлами CSV) или один широкий файл CSV за день. Сначала он будет проверен целиком; об ошибках скажет отчёт с номерами строк и столбцов.
upload-from-package = Указан в пакете или в имени файла
upload-sender-hint = Нужен, если в пакете нет datapackage.json, а файл назван иначе, чем отправитель_ГГГГ-ММ-ДД_r1.csv.
upload-day = За какой день
upload-day-hint = Можно не указывать, если день записан в пакете или в имени файла.
upload-revision-hint = 1 для первых данных за день, больше для исправленных. Можно не указывать, если она записана в пакете или в имени файла.
upload-file = Файл
upload-file-hint = ZIP или CSV, до 4 ГБ.
upload-file-again = ZIP или CSV, до 4 ГБ. Файл нужно выбрать снова.
upload-send = Отправить на проверку
upload-none-title = Отправителя для вашего участка нет
upload-none-ask = Данные принимаются только от отправителя: органа или системы, о которых есть договорённость. Его добавляет администратор или аналитический центр, обратитесь к ним. Если данные о ваших заявлениях присылает вышестоящий орган или портал, загружать их не нужно: они уже есть в анализе.
upload-none-add = Данные принимаются только от отправителя: органа или системы, о которых есть договорённость. Сначала добавьте его.
upload-no-file = Выберите файл.
upload-empty = Файл «{ $file }» пуст: в нём 0 байт. Выберите файл с данными. О дне без заявлений сообщает файл с одной строкой заголовка.
upload-too-long = Файл больше 4 ГБ. Разделите данные по отправителям или дням.
refused-no-sender = Непонятно, чьи это данные: выберите отправителя. Он должен быть в вашем участке.
refused-no-day = Непонятно, за какой это день: укажите его.
refused-bad-day = День записан не так. Нужен вид ГГГГ-ММ-ДД.
refused-day-ahead = Этот день ещё не наступил.
refused-bad-revision = Ревизия — целое число от 1.
refused-disagree = Отправитель, день или ревизия в файле отличаются от указанных рядом с ним.
refused-not-table = Файл «{ $file }» — не пакет ZIP и не таблица CSV. Книгу Excel сохраните как CSV.
refused-bad-zip = ZIP повреждён: его не удалось прочитать до конца.
refused-bad-description = Файл datapackage.json внутри пакета не читается.
refused-revision = За этот день уже есть ревизия { $known } (квитанция { $receipt }). Исправленным данным нужен больший номер.
refused-for-now = Сейчас принять файл не удалось. Пришлите его ещё раз через несколько минут.

## Отправители

senders-title = Отправители данных
senders-empty-title = Отправителей пока нет
senders-empty-text = Отправитель — орган или система, которая присылает ежедневные данные. Добавьте первого, и календарь полноты начнёт его ждать.
policy-whole = при любой ошибке не принимается ничего
policy-good-rows = принимаются верные строки
token-is = есть токен
token-none = без токена
sender-new = Новый отправитель
sender-agreed = О чём договорились
sender-code-hint = Латинские буквы, цифры и дефис: так отправитель назван в пакетах.
sender-least = Наименьшая оценка
sender-most = Наибольшая оценка
sender-marks-hint = По какой шкале люди оценивают услуги этого отправителя. В показателях её края становятся 1 и 5. Уже принятые оценки остаются на шкале, по которой их приняли.
sender-zone-hint = Для моментов, у которых пояс не следует из органа и региона. Пусто — пояс органа.
sender-due = Срок, часов после конца дня
sender-due-hint = 12 — данные за вчера ждут до полудня.
sender-since = Первый день
sender-until = Последний день
sender-until-hint = Пусто, если отправитель работает.
sender-terms = { $policy }; оценки от { $least } до { $most }; пояс { $zone }; срок, часов после конца дня: { $hours }.
sender-terms-first = С начала:
sender-terms-hint = Что изменено, действует с сегодняшнего дня: прежние дни остаются с прежними сроками и оценками.
sender-more = Ещё
sender-deliveries = Поставки этого отправителя
sender-own = Его собственные статусы
token-title = Доступ к API
token-about = С токеном система отправителя присылает данные сама. В базе хранится только его отпечаток.
token-since = Токен выдан
token-made = Новый токен. Скопируйте его сейчас: больше он показан не будет.
token-make = Выдать токен
token-renew = Заменить токен
token-end = Отозвать токен

## Справочники

kinds-label = Справочники
kind-statuses = Статусы
kind-items = Пункты
kind-order = Порядок статусов
kind-norms = Сроки
kind-holidays = Рабочие дни
kind-regions = Регионы
kind-services = Услуги
kind-own = Статусы отправителей
about-items = 99 пунктов и 4 подпункта процессов: органа, МФЦ, ЕПГУ и ведомственной системы. Какой статус им соответствует, сказано у статусов.
about-statuses = 48 статусов и пункты, которым они соответствуют. Имена показаны исправленными; принимаются и напечатанные в источнике.
about-order = Какой статус за каким может следовать. В источнике порядка нет: эти правила составлены здесь и подписаны так везде.
about-norms = Сколько может длиться шаг. В источнике сроков нет: эти составлены здесь. Срок из реестра услуг важнее общего.
about-holidays = Дни, которые отличаются от обычной недели: по ним считаются рабочие дни.
about-regions = Субъекты Федерации: имена, которые принимаются в данных, и часовые пояса.
about-services = Реестр услуг: приходит от отправителей один раз и потом при изменениях. История сохраняется.
about-own = Что означают собственные статусы отправителя.
records-empty-title = Записей пока нет
records-empty-text = Добавьте первую: она начнёт действовать с указанного дня.
record-new = { $kind }: новая запись
record-add = Добавить запись
record-change = Изменить с указанного дня
record-off = не действует
record-built-in = как в поставке программы
record-built-in-short = встроенная
record-by-delivery = из поставки
record-valid-from = Действует с
record-valid-from-hint = До этого дня действует прежняя запись.
record-reason = Основание
record-reason-hint = Например, номер приказа или чья просьба.
effect-statuses = Имя меняется на всех страницах сразу. Пункты и имя из источника нужны для проверки данных за этот день и следующие; уже принятые данные остаются как есть.
effect-items = Под словами пункта принимается столбец широкого файла: под новыми — за этот день и следующие; принятые данные остаются как есть. Пункт, которому соответствует статус, из употребления не вывести.
effect-order = Заявление проверяют по правилам, которые действовали в день его начала, поэтому начатые до первого дня записи она не меняет. Если день уже прошёл, у принятых заявлений, начатых с него, нарушения останутся прежними, пока о них не придут новые данные или оператор не даст команду otklik monitoring rebuild.
effect-norms = Срок действует для заявлений, начатых с первого дня записи; начатые раньше она не меняет. По сроку ожидания в МФЦ (waiting) показатели меняются сразу. По сроку решения (decision) у принятых заявлений, начатых с этого дня, показатели останутся прежними, пока о них не придут новые данные или оператор не даст команду otklik monitoring rebuild. Остальные сроки показаны для справки: показателей по ним нет.
effect-holidays = Запись говорит о днях начиная с первого дня, с которого действует: прежние дни считаются как раньше. Если этот день уже прошёл, у принятых заявлений показатели останутся прежними, пока о них не придут новые данные или оператор не даст команду otklik monitoring rebuild.
effect-regions = Имя меняется на всех страницах сразу. Другие имена и пояс нужны для проверки данных за этот день и следующие; уже принятые данные остаются как есть.
effect-services = Имя меняется на всех страницах сразу. Услуга, выведенная из действия, при проверке данных за этот день и следующие считается неизвестной. Срок из этой записи действует с названного дня, пока отправитель не пришлёт другой. Он применяется к заявлениям, о которых приходят данные; у принятых раньше показатели останутся прежними, пока оператор не даст команду otklik monitoring rebuild.
effect-own = Нужно для проверки данных за этот день и следующие; уже принятые данные остаются как есть.
record-do-off = Вывести из действия
record-do-built-in = Вернуть встроенную
record-history = История
record-history-built-in = Действует встроенная запись: её не меняли.
record-history-none = Пока пусто.
record-from = С { $day }:
process-authority = Орган власти
process-mfc = МФЦ
process-epgu = ЕПГУ (РПГУ)
process-vis = ВИС
day-off = выходной
day-works = рабочий
unit-working = рабочих дней
unit-calendar = календарных дней
unit-minutes = минут
norm-working = { $n ->
    [one] { $n } рабочий день
    [few] { $n } рабочих дня
   *[other] { $n } рабочих дней
}
norm-calendar = { $n ->
    [one] { $n } календарный день
    [few] { $n } календарных дня
   *[other] { $n } календарных дней
}
norm-minutes = { $n ->
    [one] { $n } минута
    [few] { $n } минуты
   *[other] { $n } минут
}
services-and-others = { $name } и др.
scope-process = в том же процессе
scope-application = во всём заявлении
rule-requires = до каждого из первых должен быть один из вторых
rule-forbids = первых не может быть после вторых
rule-excludes = первые и вторые исключают друг друга
rule-once = из первых — не больше одного
rule-pairs = вторые закрывают первые, по одному
rule-forbids-while = первых не может быть между вторыми и третьими
own-name = Статус отправителя
own-status = Означает статус
status-hint = Код из справочника статусов, например 1005.
codes-hint = Коды через запятую, например 1, 1019.
status-code = Код
status-title = Имя, как его показывать
status-title-hint = С исправленными опечатками источника.
item-code = Процесс и номер
item-code-hint = Например, mfc/6a: процесс (authority, mfc, epgu, vis), номер пункта и буква подпункта.
item-title = Слова пункта
item-title-hint = С этими словами столбец принимается в широком файле.
item-section = Раздел
status-printed = Имя, как в источнике
status-printed-hint = Под ним статус тоже принимается.
status-items = Пункты перечней
status-more = Когда присваивается
rule-number = Номер
rule-number-hint = От 0 до 63. Номер не меняет смысла: под ним нарушения записаны в данных.
rule-title = Правило словами
rule-name = Короткое имя
rule-kind = Чего требует
rule-first = Первые статусы
rule-second = Вторые статусы
rule-third = Третьи статусы
rule-overlapping = Открытых может быть несколько сразу
rule-processes = В каких процессах
rule-processes-hint = authority, mfc, epgu, vis через запятую; пусто — во всех.
rule-scope = Где искать более ранние события
norm-name = Имя срока
norm-name-hint = Например, decision или waiting.
norm-fixed = Срок ожидания считается от выдачи талона (1003) до вызова к окну (1004), как и показатель. Эти статусы не меняются.
norm-service = Номер услуги
norm-service-hint = Пусто — для любой.
norm-variant = Номер варианта
norm-title = Срок словами
norm-amount = Сколько
norm-unit = Чего
norm-from = От статусов
norm-to = До статусов
holiday-day = День
holiday-day-hint = ММ-ДД для каждого года, ГГГГ-ММ-ДД для одного.
holiday-works = Какой это день
region-code = Код, две цифры
region-also = Другие имена
region-also-hint = По одному в строке.
service-code = Номер услуги в реестре
service-direction = Направление
service-norm = Срок услуги

## Отправка

partners-title = Кому отправляются данные
partners-empty-title = Получателей пока нет
partners-empty-text = Добавьте ведомство, которому каждый день нужно отправлять данные: в папку, по SFTP или HTTPS. Доказательство каждой отправки сохранится.
partner-new = Новый получатель
partner-about = Каждый день в назначенный час получателю уходят данные за вчера: по файлу от каждого отправителя. Данные, пришедшие позже, и исправления уходят, как только приняты, — за последний 31 день. Если не вышло, попытки продолжаются больше суток.
partner-all-senders = Всех отправителей органа
partner-data-of = Чьи данные
partner-address-hint = Путь папки (/mnt/obmen), sftp://узел:порт/папка или https://узел/путь: к нему прибавится имя файла.
partner-login = Логин
partner-login-hint = Для SFTP. Для HTTPS — если нужен логин с паролем, а не токен.
partner-secret = Пароль, токен или ключ
partner-secret-hint = Для SFTP годится закрытый ключ Ed25519 или ECDSA в виде OpenSSH. Хранится зашифрованным.
partner-secret-kept = Есть и хранится зашифрованным. Введите новый, чтобы заменить.
partner-server-key = Отпечаток ключа сервера SFTP
partner-server-key-hint = SHA256:… Другой сервер под тем же адресом данных не получит.
partner-layout = Вид файла
layout-package = пакет: ZIP с файлами CSV
layout-wide = один широкий CSV
partner-hour-label = Час отправки
partner-hour-hint = От 0 до 23 по времени органа.
partner-hour = { $hour }:00
partner-since = Первый день
partner-is-on = Отправлять
partner-on = отправляется
partner-off = выключена
method-folder = в папку
method-sftp = SFTP
method-https = HTTPS
sendings-title = Отправки
sending-title = Данные за { $day }: { $name }
sending-waiting = ждёт отправки
sending-retried = не вышло, будет повтор
sending-sent = отправлено
sending-failed = не отправлено
sending-nothing = данных пока нет
sending-replaced = заменено исправлением
sending-created = Назначена
sending-next = Следующая попытка
sending-answer = Ответ
sending-again = Отправить ещё раз

## API

api-no-token = Нужен заголовок Authorization: Bearer с токеном отправителя. Токен выдаёт администратор.
api-not-found = У этого отправителя такой поставки нет.
api-broken = Файл не дошёл целиком. Пришлите его ещё раз.
api-no-file = В запросе нет файла: тело пустое.
api-forbidden = У вас нет права смотреть, как идут услуги. Попросите его у администратора.
api-no-application = Такого заявления нет, или оно вне вашего участка.
api-no-report = Такого отчёта нет. Какие есть, сказано в /api/v1/openapi.json.
api-wrong-value = Параметр { $field } непонятен: «{ $value }». Что он может значить, сказано в /api/v1/openapi.json.
problem-revision = Ничего не принято: за этот день уже принята такая же или более высокая ревизия. Исправленным данным нужен больший номер.

## Анализ

tab-analysis = Анализ
tab-map = Карта процесса
tab-application = Заявление
analysis-title = Как оказываются услуги
analysis-everything = все услуги и органы
analysis-lead = С { $from } по { $to }: { $what }.
analysis-empty-title = Данных за эти дни нет
analysis-empty-text = Выберите другой период или снимите отбор. Если данных нет совсем, посмотрите, кто их прислал, в календаре полноты.
to-map = Карта процесса
all-services = Все услуги
all-variants = Все варианты
all-regions = Все регионы
all-channels = Все каналы
presets-label = Период
preset-30 = 30 дней
preset-90 = 90 дней
preset-365 = год
as-table = Таблицей
not-said = не указано
filter-by = Сравнить
by-next = по следующему уровню
by-service = Услуга
by-variant = Вариант услуги
by-month = Месяц
by-body = Орган
by-region = Регион
by-channel = Канал
by-day = Дата
p50 = Половина не дольше
p75 = 75 % не дольше
p90 = 90 % не дольше
p95 = 95 % не дольше
in-percent = { $title }, %
in-hours = { $title }, ч
partly = { $month } (неполный)
share-between = { $share } ({ $low }–{ $high })
share-few = мало: { $n }
too-few = { $n ->
    [one] Всего { $n } заявление: для доли слишком мало.
    [few] Всего { $n } заявления: для доли слишком мало.
   *[other] Всего { $n } заявлений: для доли слишком мало.
}
compared-in-table = Сравнение — в таблице под рисунком.
within-one-percent = Заявлений много, поэтому границы посчитаны с точностью до 1 %.
rows-cut = Показаны первые { $shown } строк из { $rows }; все — в файле.
too-few-rows = Заявлений слишком мало, чтобы сравнивать.
active-p50 = Без приостановлений: половина
active-p95 = Без приостановлений: 95 %
mean = В среднем
up-to-ninety = 90 % до { $span }
half-under = половина за { $span }
of-n = из { $n }
n-applications = { $count ->
    [one] { $n } заявление
    [few] { $n } заявления
   *[other] { $n } заявлений
}
n-marks = { $count ->
    [one] { $n } оценка
    [few] { $n } оценки
   *[other] { $n } оценок
}
column-n = Сколько
column-share = Доля
column-of = Из начатых
column-began = Начато
column-ended = Завершено
column-granted = Предоставлено
column-denied = Отказано
column-digital = Доля электронных
column-digital-n = Электронных
column-within = В срок
column-within-n = В срок, заявлений
column-measured = Со сроком
column-broken = С нарушением порядка
column-step = Шаг
column-share-of-time = Доля времени
column-within-waiting = В пределах срока ожидания
column-called = От вызова до приёма, в среднем
column-stage = На каком шаге
column-mnemonic = Сведения
column-answered = Ответов
column-failed = Ошибок отправки
column-failed-share = Доля ошибок
column-rule = Правило
column-marks = Оценок
column-mean-mark = Средняя оценка, от 1 до 5
column-per-thousand = С жалобой, на тысячу
column-complained = Заявлений с жалобой
column-upheld = Жалоб удовлетворено
column-rejected = Жалоб отклонено
column-moment = Когда
column-process = Кто вёл
column-item = Пункт
column-began-at = Начато
column-from-status = Статус
column-to-status = Следующий
span-days = { $n } дн
span-hours = { $n } ч
span-minutes = { $n } мин
span-seconds = { $n } с

dynamics-title = Сколько заявлений подают?
dynamics-answer = Начато { $began }, завершено { $ended }.
dynamics-digital = Электронных { $share }.
dynamics-within = В срок завершено { $share }.
dynamics-step = { $day }: { $n }
dynamics-note = Начатые — по дню первого события, завершённые — по дню решения или выдачи: это разные заявления. «В срок» — доля завершённых, остальные доли — от начатых.
durations-title = Сколько длится услуга?
durations-answer = Половина заявлений завершена не дольше чем за { $half }, 95 % — за { $most }. Без приостановлений половина — за { $active }.
durations-note = Завершённые заявления, от первого события до решения или выдачи. Полоса — половина, черта — до 90 %.
norm-figure-title = Где не укладываются в срок?
norm-figure-answer = В срок завершено { $share } из { $n } заявлений, у которых есть срок.
norm-figure-note = Заявления, завершённые в эти дни. Срок — из реестра услуг, иначе из справочника сроков, составленного здесь. Приостановления не считаются. Черта — доля по всем, тонкая полоса — доверительный интервал доли (95 %).
bottlenecks-title = На что уходит время?
bottlenecks-answer = Больше всего времени, { $share }, занимает шаг «{ $step }».
bottlenecks-note = Шаги, сделанные в эти дни. Доля шага — всё время, проведённое в нём всеми заявлениями, от времени всех шагов.
waiting-title = Долго ли ждут в МФЦ?
waiting-answer = Половина ждёт не дольше { $half }, 90 % — не дольше { $most }.
waiting-within = Не дольше срока ({ $norm }) ждали { $share }.
waiting-within-norms = Не дольше срока, который действовал в тот день, ждали { $share }.
waiting-note = От выдачи талона до вызова к окну, заявления, начатые в эти дни. Срок ожидания — из справочника сроков, на каждый день тот, который тогда действовал.
refusals-title = На каком шаге заявления останавливаются?
refusals-answer = Чаще всего — { $share } заявлений: { $stage }.
refusals-note = Отказы, отмены, ошибки и неявки; доля от заявлений, начатых в эти дни. Отказ в приёме и отказ в регистрации — одно событие; одно заявление может быть на нескольких шагах.
interagency-title = Какие ведомства долго отвечают?
interagency-answer = { $answers } на межведомственные запросы.
interagency-times = Половина ответов приходит не дольше чем за { $half }.
interagency-failed = Ошибкой кончились { $share } запросов.
n-answers = { $count ->
    [one] Получен { $n } ответ
    [few] Получено { $n } ответа
   *[other] Получено { $n } ответов
}
failed-of = ошибок { $share }
interagency-note = По дню ответа или ошибки, по мнемонике сведений; длительность — от запроса до ответа. Полоса — половина, черта — до 90 %.
order-title = Какой порядок нарушают?
order-answer = Порядок статусов нарушен в { $share } заявлений.
order-none = Нарушений порядка нет.
order-note = Порядок составлен здесь: в источнике его нет. Правила — в справочнике.
digital-title = Сколько заявлений подают электронно?
digital-answer = Электронно подано { $share } из { $n }.
digital-note = ЕПГУ, РПГУ и системы ведомств; заявления, начатые в эти дни. Черта — доля по всем, тонкая полоса — её доверительный интервал (95 %).
people-title = Довольны ли люди?
people-answer = Средняя оценка { $mean } ({ $marks }).
people-complained = На тысячу заявлений с жалобой: { $complaints }.
people-note = Оценки и жалобы о заявлениях, начатых в эти дни, когда бы их ни оставили. Оценки приведены к шкале от 1 до 5: края шкалы отправителя становятся 1 и 5. Черта — среднее по всем.
stage-booking-failed = записаться на приём не вышло
stage-missed = заявитель не пришёл (неявка)
stage-consent-refused = второй заявитель не согласен
stage-sending-failed = запрос не отправлен
stage-not-accepted = отказано в приёме или регистрации
stage-cancelled = заявление отменено
stage-denied = отказано в услуге
stage-denied-online = отказано автоматически
stage-cancelling-refused = отмена отклонена

between-title = Сколько времени между двумя статусами?
between-from = От статуса
between-to = До статуса
between-show = Показать
between-choose = Выберите два статуса: здесь будет время от первого раза в одном до первого раза в другом.
between-none = У заявлений, начатых в эти дни, второй статус после первого не встретился.
between-answer = { $n }: половина не дольше чем за { $half }, 95 % — за { $most }. Без приостановлений половина — за { $active }.
between-note = Заявления, начатые в эти дни. От первого раза в первом статусе до первого раза во втором; если второй впервые был раньше, то до последнего. Назначенное время записи (1002) — не событие, от него и до него время не считается. Полоса — половина, черта — до 90 %.
status-choose = не выбран
status-named = { $name } ({ $code })

list-began = Начатые заявления
list-ended = Завершённые, самые долгие
list-overdue = Завершённые не в срок
list-waited = Кто ждал дольше всех
list-failed = Заявления с ошибкой запроса
list-complained = Заявления с жалобами
list-rated = Оценённые, сначала низкие
list-between = Самые долгие заявления
list-stage = Остановились: { $stage }
list-exchange = Межведомственные запросы: { $mnemonic }
list-step = { $from } → { $to }
value-total = Всего прошло
value-waited = Ждал в очереди
value-answered = До ответа
value-mark = Оценка, от 1 до 5
value-step = На этом шаге
value-between = Между статусами
applications-here = Заявления
applications-none-title = Таких заявлений нет
applications-none-text = Выберите другой период или снимите отбор.
list-of-events = Строка — то, что произошло: одно заявление может встретиться несколько раз.
file-cut = В файле будут первые { $n } строк списка. Если нужны все, возьмите их по частям: по месяцам или по органам.

map-title = Карта процесса
map-all = Показать все переходы
map-main = Только основные переходы
map-note = Всё посчитано по шагам, сделанным в эти дни; число в рамке — сколько шагов привело в статус (или вывело из него, если их больше). Толщина линии — как часто, цвет — половина переходов не дольше. Пунктир ведёт назад. Плановый приём (1002) — не событие, его на карте нет.
map-note-about = Всё посчитано по шагам, сделанным в эти дни; число в рамке — сколько шагов привело в статус (или вывело из него, если их больше). Толщина линии — как часто, цвет — половина переходов не дольше, с точностью до 1 %. Пунктир ведёт назад. Плановый приём (1002) — не событие, его на карте нет.
map-box = { $name } ({ $code }): { $n }
map-alike = { $n } · код { $code }
map-way = { $from } → { $to }: { $count ->
    [one] { $n } раз
    [few] { $n } раза
   *[other] { $n } раз
}, половина не дольше { $time }
map-summary = { $nodes ->
    [one] { $nodes } статус
    [few] { $nodes } статуса
   *[other] { $nodes } статусов
} и { $ways ->
    [one] { $ways } переход
    [few] { $ways } перехода
   *[other] { $ways } переходов
}. Чаще всего после «{ $from }» идёт «{ $to }», половина — не дольше чем за { $time }. Все переходы — в таблице под картой.
map-table = Переходы
speed-1 = до часа
speed-2 = до суток
speed-3 = до 3 дней
speed-4 = до 10 дней
speed-5 = дольше

application-title = Заявление { $request }
application-search = Найти заявление
application-number = Номер заявления
application-find = Найти
application-hint = Введите уникальный номер заявления: здесь будет весь его путь по дням, от всех, кто о нём сообщил.
application-none-title = Такого заявления нет
application-none-text = Проверьте номер. Заявления органов вне вашего участка не показываются.
application-way = Путь
application-facts = О заявлении
application-breaks = Нарушен порядок
application-more = Пошлина, оценка, жалобы
fact-service = Услуга
fact-body = Орган
fact-variant = Вариант
fact-region = Регион
fact-channel = Канал подачи
fact-status = Последний статус
fact-total = Всего прошло
fact-paused = Из них приостановлено
fact-open-ended = Приостановка в МФЦ
open-ended = когда кончилась, МФЦ не передаёт; из длительности не вычтена
fact-norm = Срок
norm-kept = соблюдён
norm-broken = нарушен
item = пункт { $item }
told-by = сообщил { $sender }
planned = назначено, не событие
rated = Оценка { $mark }
rated-of = Оценка { $mark } по шкале от { $least } до { $most }
payment-1 = Присвоен УИН
payment-2 = Пошлина оплачена
payment-3 = Оплата подтверждена
payment-4 = Ошибка формирования начисления
payment-5 = Деньги возвращены
complaint-1 = Жалоба принята
complaint-2 = Назначено рассмотрение жалобы
complaint-3 = Жалоба удовлетворена
complaint-4 = В удовлетворении жалобы отказано

## Осмотр озера (monitoring verify)

verify-receipts = Квитанции озера, которые расходятся с журналом записей: { $count }
verify-rows = Таблица { $table }: строки не те, что были приняты; поставок: { $count }
verify-gone = Таблица { $table }: строки не те, что были записаны
verify-derived = Таблица { $table }: не то, что следует из принятых событий по действующим справочникам; otklik monitoring rebuild пересчитает её
verify-versions = Таблица { $table }: строки записи, которая таких строк не писала
