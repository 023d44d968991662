done-bye = Вы вышли из системы.

login-title = Вход для сотрудников
login-login = Логин
login-password = Пароль
login-button = Войти
login-empty = Введите логин и пароль.
login-wrong = Логин или пароль не подходит. Проверьте раскладку клавиатуры и Caps Lock. После пяти ошибок подряд вход закрывается на 15 минут.
login-locked = После пяти ошибок подряд вход закрыт до { $until }. До этого времени не подойдёт и верный пароль. Если вы не ошибались, сообщите администратору.
login-disabled = Учётная запись отключена. Обратитесь к администратору вашего органа.
login-away = Система временно недоступна. Повторите через минуту: логин сохранён в форме.

replace-title = Задайте свой пароль
replace-why = Вы вошли с временным паролем. Придумайте свой: временный больше не понадобится.
replace-button = Сохранить и войти
replace-stale = Страница для нового пароля устарела. Войдите ещё раз с временным паролем.

resume-title = Продолжить отправку
resume-what = Вы снова вошли. Введённое до окончания сеанса сохранено, но ещё не отправлено.
resume-file = Файл
resume-file-hint = Выберите его ещё раз: до входа файл сохранить не удалось. Без него отправится всё остальное.
resume-button = Отправить
resume-details = Что будет отправлено
resume-drop = Не отправлять и перейти на главную

password-new = Новый пароль
password-again = Новый пароль ещё раз
password-hint = Не короче 12 знаков. Подойдёт фраза из нескольких слов.
password-differs = Пароли не совпадают. Введите один и тот же пароль в оба поля.
password-same = Новый пароль совпадает с прежним. Придумайте другой.
password-short = Пароль короче 12 знаков. Подойдёт фраза из нескольких слов.
password-long = Пароль длиннее 200 знаков.
password-login = Пароль совпадает с логином. Придумайте другой.
password-common = Такой пароль легко подобрать. Придумайте другой, например фразу из нескольких слов.

agent-unknown = Неизвестный браузер

wrong-empty = Заполните поле «{ $name }».
wrong-long = Слишком длинно: не больше { $most ->
    [one] { $most } знака
   *[other] { $most } знаков
}.
wrong-control = Уберите переносы строк и невидимые знаки.
wrong-formula = Значение не может начинаться со знаков = + - @: программы для таблиц примут его за формулу.
wrong-code = Код состоит из 2–32 цифр, латинских букв и дефисов, например 5401 или nso-mfc-1.
wrong-taken = Такое значение уже занято. Выберите другое.
wrong-taken-in-other-case = Уже есть код «{ $existing }», который отличается только регистром букв.
wrong-kind = Выберите вид органа из списка.
wrong-level = Выберите уровень из списка.
wrong-region = Код региона состоит из двух цифр, например 54.
wrong-zone = Выберите часовой пояс из списка.
wrong-latitude = Широта — число от −90 до 90, например 55.0302.
wrong-longitude = Долгота — число от −180 до 180, например 82.9204.
wrong-half-place = Укажите обе координаты или ни одной.
wrong-site = Адрес сайта начинается с https:// или http://, например https://www.nalog.gov.ru/.
wrong-flag = Введите «да» или «нет».
wrong-no-body = Такого органа нет среди доступных вам. Введите код или часть названия.
wrong-many-bodies = Подходит несколько органов: { $list }. Введите код.
wrong-under-itself = Орган не может стоять под самим собой или под теми, кто под ним.
wrong-root = Укажите код вышестоящего органа. Орган без вышестоящего добавляет только команда на сервере.
wrong-login = Логин состоит из 3–64 букв, цифр и знаков . _ - @ без пробелов.
wrong-email = Это не похоже на один адрес электронной почты. Пример: otdel@office.example.
wrong-no-contact = Укажите номер телефона, номер ВТС или адрес электронной почты: как с сотрудником связаться.
wrong-account = Это учётная запись другого органа или она отключена. Выберите другую.
wrong-role = Выберите роль из списка.
wrong-unit = Это подразделение другого органа. Выберите подразделение после того, как сохраните орган.
wrong-unit-has-members = В подразделении { $count ->
    [one] { $count } сотрудник
    [few] { $count } сотрудника
   *[other] { $count } сотрудников
}. Переведите их в другое подразделение, потом удалите это.
wrong-disable-self = Свою учётную запись отключить нельзя. Это может сделать другой администратор.
wrong-last-own-role = Это ваша последняя роль администратора: без неё вы не сможете её вернуть. Снять её может другой администратор.
wrong-reset-self = Свой пароль меняют в разделе «Моя учётная запись».
wrong-beyond-scope = У этого человека есть роли в органах вне ваших прав. Изменить его учётную запись или пароль может только администратор этих органов.
wrong-password = Текущий пароль введён неверно.
wrong-locked = Слишком много ошибок подряд. Повторите через 15 минут.

import-empty = Таблица пустая. Вставьте строку с названиями столбцов и строки с органами.
import-no-rows = После строки с названиями столбцов нет ни одной строки.
import-unreadable = Строку не удалось прочитать. Проверьте кавычки вокруг значений.
import-unknown-column = Такого столбца нет. Проверьте название или удалите столбец.
import-column-twice = Столбец встречается дважды.
import-column-missing = Нет такого столбца. Добавьте его в первую строку.
import-too-many-cells = В строке { $cells } значений, а столбцов { $columns }. Если разделитель стоит внутри значения, возьмите значение в кавычки.
import-too-many-rows = Строк больше { $most }. Разделите таблицу на части.
import-nul = В значении есть недопустимый нулевой знак.
import-code-twice = Этот код уже есть в строке { $row }.
import-outside = Орган с этим кодом есть, но он вне ваших прав. Изменить его может его администратор.
import-no-parent = Нет органа с таким кодом ни в таблице, ни среди имеющихся.
import-kind = Вид не из списка: tax_central, tax_region, tax_inspection, tax_workplace, government, executive, territorial_unit, local_government, mfc, mfc_branch, employment_centre, support.
import-level = Уровень не из списка: federal, regional, local.
import-zone = Такого часового пояса нет. Пишите по образцу Asia/Novosibirsk.

done-saved = Изменения сохранены.
done-added = Орган добавлен.
done-moved = Орган перемещён вместе со всеми, кто под ним.
done-closed = Орган закрыт. Его отклики и история сохранены.
done-reopened = Орган снова действует.
done-unit-added = Подразделение добавлено.
done-unit-saved = Подразделение изменено.
done-unit-removed = Подразделение удалено.
done-responsible-added = Ответственный добавлен в реестр.
done-responsible-removed = Запись удалена из реестра.
done-granted = Роль выдана. Она действует уже сейчас.
done-withdrawn = Роль снята. Доступа по ней больше нет.
done-disabled = Учётная запись отключена, сеансы завершены.
done-enabled = Учётная запись снова действует.
done-unlocked = Вход снова открыт.
done-session-ended = Сеанс завершён.
done-sessions-ended = Сеансы завершены.
done-password = Пароль изменён. Остальные ваши сеансы завершены.
done-imported = Таблица загружена. Добавлено органов: { $added }, изменено: { $changed }.

add = Добавить
save = Сохранить
cancel = Отмена
change = Изменить
choose = Выберите
yes = да
no = нет
not-given = не указано
state = Состояние
filter-all = Все регионы
filter-all-levels = Все уровни
filter-all-kinds = Все виды
filter-all-roles = Все роли
state-any = Любое
state-open = Действуют
state-closed = Закрыты

body = Орган
body-code = Код
body-parent = Вышестоящий орган
body-full-name = Полное название
body-short-name = Краткое название
body-kind = Вид
body-level = Уровень
body-region = Регион
body-time-zone = Часовой пояс
body-address = Адрес
body-place = Координаты
body-latitude = Широта
body-longitude = Долгота
body-site = Сайт
body-queue-terminal = Есть терминал электронной очереди
body-office = Принимает посетителей
body-above = Вышестоящий
body-above-short = Выше
body-below = Под ним
body-hint = Код или часть названия.
body-short-name-hint = Стоит в списках и на анкете, например «ИФНС № 4 по г. Хабаровску».
body-code-hint = Цифры, латинские буквы и дефис. Для налоговых органов — код СОУН из четырёх цифр. Код стоит в адресе анкеты.
body-code-change-hint = Код стоит в адресе анкеты: если его изменить, напечатанные QR-коды перестанут работать.
body-region-hint = Две цифры, например 54.
body-time-zone-hint = По нему показывается время откликов и писем.
body-latitude-hint = Градусы, например 55.0302.
body-longitude-hint = Градусы, например 82.9204.
body-site-hint = Начинается с https:// или http://
body-office-hint = У такого органа есть анкета и QR-код.
body-is-closed = Закрыт
body-is-office = Принимает
body-facts = Сведения
body-local-time = Сейчас там { $time }
body-questionnaire = Анкета
body-recipients = Получатели писем
body-alerts = Правила оповещений
body-materials = QR-код и ссылка
body-more = Смотрите также
body-people = Сотрудники этого органа и тех, кто под ним
body-placements = Размещение плакатов
body-poster = Текст плаката
body-responsibles = Ответственные за работу с сервисом
body-responses = Отклики этого органа и тех, кто под ним
body-children = Нижестоящие органы
body-no-children = Под этим органом никого нет.
body-new = Добавить орган
body-new-under = Добавить орган под этим
body-new-title = Новый орган
body-edit-title = Изменить сведения об органе
body-move = Переместить
body-move-title = Переместить: { $name }
body-move-about = Орган переходит под другой вместе со всеми, кто под ним. Права людей, которым выдана роль на вышестоящий орган, изменятся сразу.
body-move-below = Под ним сейчас { $count ->
    [one] { $count } действующий орган
    [few] { $count } действующих органа
   *[other] { $count } действующих органов
}.
body-move-to = Новый вышестоящий орган
body-close = Закрыть
body-close-title = Закрыть: { $name }
body-close-office = Вместо анкеты посетители увидят объяснение, что здесь больше не принимают.
body-close-kept = Отклики, письма и история сохранятся; орган можно будет открыть снова.
body-close-below = Под ним { $count ->
    [one] { $count } действующий орган, он останется открытым
    [few] { $count } действующих органа, они останутся открытыми
   *[other] { $count } действующих органов, они останутся открытыми
}.
body-close-reason = Причина
body-close-reason-hint = Например: объединён с ИФНС № 5 приказом от 12.03.2026. Её увидят сотрудники.
body-reopen = Открыть снова

bodies-title = Органы
bodies-search = Название, код или адрес
bodies-counts = Всего { $total }; принимают посетителей { $offices }; закрыто { $closed }.
bodies-export = Скачать таблицей
bodies-posters = Плакаты в офисах
bodies-mandatory = Где нет обязательных получателей
bodies-none = Органов пока нет
bodies-none-text = Первый орган добавляет команда на сервере. После этого остальные можно добавить здесь или загрузить таблицей.
bodies-not-found = Ничего не нашлось
bodies-not-found-text = Попробуйте другое слово или уберите часть условий.
bodies-show-all = Показать все органы

units-title = Структурные подразделения
units-none = Подразделения не указаны.
unit-new = Добавить подразделение
unit-new-title = Новое подразделение
unit-title = Подразделение
unit-name = Название
unit-name-hint = Например: Отдел работы с налогоплательщиками.
unit-quality = Отвечает за качество обслуживания
unit-quality-hint = В органе такое подразделение одно: отметка перейдёт от прежнего.
unit-is-quality = качество
unit-no-members = Сотрудников пока нет.
unit-remove-title = Удаление
unit-remove = Удалить подразделение
unit-remove-members = В подразделении { $count ->
    [one] { $count } сотрудник
    [few] { $count } сотрудника
   *[other] { $count } сотрудников
}. Удалить можно пустое: сначала укажите сотрудникам другое подразделение.

register-title = Ответственные: { $name }
register-short = Ответственные
register-sheet = Ответственные
register-sheet-title = Ответственные за работу с сервисом
register-file = Ответственные { $code } { $day }
register-about = Сотрудники, которые отвечают за работу с анкетами: к кому обратиться в этом органе и о ком сообщают вышестоящему.
register-only = Только этот орган
register-below = С подчинёнными
register-none = Ответственные пока не указаны
register-none-text = Укажите сотрудников подразделения, которое отвечает за качество обслуживания.
register-add = Добавить ответственного
register-new-title = Новый ответственный
register-edit-title = Изменить сведения об ответственном
register-number = № п/п
register-unit = Структурное подразделение
register-position = Должность
register-name = Фамилия, имя, отчество
register-phone = Реквизиты телефонной связи (код/Номер ВТС/N телефона)
register-email = Адрес электронной почты
register-phone-short = Телефон: код/ВТС/номер
register-phone-code = Телефон: код города
register-phone-code-hint = Например 4212.
register-phone-vts = Телефон: номер ВТС
register-phone-vts-hint = Номер ведомственной телефонной сети, если он есть.
register-phone-number = Телефон: номер
register-account = Учётная запись
register-account-hint = Учётная запись этого сотрудника, если он работает в системе.
register-no-account = Не указана
register-has-account = есть учётная запись
register-remove-title = Удаление
register-remove-about = Запись исчезнет из реестра. Учётная запись сотрудника и список получателей писем не изменятся.
register-remove = Удалить из реестра
register-xlsx = Скачать XLSX
register-csv = Скачать CSV
register-print = Для печати
register-personal = В таблице личные данные сотрудников. Кто и когда её скачал, остаётся в журнале.
register-print-back = Вернуться к реестру
register-print-below = с подчинёнными органами
register-print-moment = Состояние на
register-print-by = Напечатано
register-print-count = Записей

import-open = Загрузить таблицу
import-title = Загрузка органов из таблицы
import-about = Сначала система покажет, что изменится, и все ошибки. До подтверждения ничего не меняется. Органы сопоставляются по коду; тех, кого нет в таблице, загрузка не трогает.
import-paste = Вставить из буфера
import-text = Таблица
import-text-hint = Первая строка — названия столбцов. Разделитель: точка с запятой, запятая или табуляция.
import-upload = Или выбрать файл
import-file = Файл CSV
import-file-hint = Кодировка UTF-8 или Windows-1251, до 2 МБ.
import-check = Проверить
import-columns = Столбцы
import-columns-about = Порядок столбцов любой. Обязательны code, parent_code, full_name, short_name, kind, level, time_zone.
import-sample = Скачать имеющиеся органы в этом виде
import-columns-all = Все столбцы
import-nothing = Вставьте таблицу или выберите файл.
import-look = Проверка пройдена
import-same = Изменений нет: всё уже так и записано
import-wrong = Ничего не изменено: в таблице есть ошибки
import-wrong-text = Исправьте их в файле или в поле ниже и проверьте таблицу ещё раз.
import-count-added = добавится
import-count-changed = изменится
import-count-unchanged = без изменений
import-count-wrong = { $count ->
    [one] ошибка
    [few] ошибки
   *[other] ошибок
}
import-go = Загрузить
import-row = Строка
import-column = Столбец
import-value = Значение
import-message = Что исправить
import-changed = Изменятся
import-added = Добавятся
import-change = Что изменится
import-under = Под кодом
import-blank = пусто
import-left-out = Ещё строк, которые здесь не показаны: { $count }.
import-again = Другая таблица

people-title = Люди
people-search = Имя, логин, должность или почта
people-body = Место работы
people-roles = Роли
people-none = Учётных записей пока нет
people-none-text = Добавьте сотрудника: система выдаст временный пароль, который он сменит при первом входе.
people-not-found = Никто не нашёлся
people-not-found-text = Попробуйте другое слово или уберите часть условий.
people-show-all = Показать всех
role = Роль

person-new = Добавить сотрудника
person-new-title = Новый сотрудник
person-edit-title = Изменить сведения о сотруднике
person-name = Фамилия, имя, отчество
person-name-hint = Так сотрудника увидят коллеги.
person-login = Логин
person-login-hint = Буквы, цифры и знаки . _ - @ без пробелов. Подойдёт рабочий адрес почты.
person-position = Должность
person-phone = Телефон
person-email = Электронная почта
person-unit = Подразделение
person-no-unit = Не указано
person-new-role = Роль на месте работы
person-new-role-hint = Другие роли и органы можно добавить позже.
person-role-later = Пока без роли
person-facts = Сведения
person-account = Учётная запись
person-account-about = Новый временный пароль завершает все сеансы; при входе сотрудник задаст свой.
person-self-about = Это ваша учётная запись. Пароль меняют здесь:
person-beyond-about = У этого сотрудника есть роли в органах вне ваших прав, поэтому изменить его сведения, пароль или отключить его может только администратор этих органов.
person-beyond = Ещё ролей вне ваших прав: { $count }. Их не видно и не изменить отсюда.
person-reset = Выдать временный пароль
person-unlock = Открыть вход
person-enable = Включить
person-disable = Отключить
person-until = до
person-is-disabled = Отключён
person-is-locked = Вход закрыт
person-must-change = Временный пароль
person-password-once = Временный пароль:
person-password-about = Он показан один раз. Передайте его сотруднику лично; при первом входе система попросит задать свой.
person-no-roles = Ролей пока нет: войти можно, но ничего не видно.
person-withdraw = Снять
person-withdraw-label = Снять роль: { $role }, { $body }
person-grant-title = Выдать роль
person-grant = Выдать
person-grant-body = На орган
person-grant-hint = Роль действует на этот орган и все, что под ним. Код или часть названия.

sessions-title = Открытые сеансы
sessions-none = Сейчас открытых сеансов нет.
sessions-end-all = Завершить все сеансы
sessions-end-others = Завершить все, кроме этого
sessions-own-title = Где вы вошли
sessions-own-about = Если какой-то сеанс не ваш, завершите его и смените пароль.
session-agent = Устройство
session-created = Вход
session-seen = Последнее обращение
session-action = Действие
session-this = этот сеанс
session-end = Завершить
session-end-label = Завершить сеанс: { $agent }, вход { $created }

account-title = Моя учётная запись
account-facts = Сведения
account-about = Изменить сведения и роли может администратор вашего органа.
account-no-roles = Ролей пока нет. Попросите администратора вашего органа выдать роль.
account-password = Сменить пароль
account-password-title = Смена пароля
account-password-about = После смены пароля остальные ваши сеансы завершатся.
password-present = Текущий пароль

level-federal = Федеральный
level-regional = Региональный
level-local = Местный
kind-tax-central = Центральный аппарат ФНС
kind-tax-region = Управление ФНС
kind-tax-inspection = Инспекция ФНС
kind-tax-workplace = Обособленное рабочее место
kind-government = Правительство региона
kind-executive = Орган исполнительной власти
kind-territorial-unit = Территориальное подразделение
kind-local-government = Орган местного самоуправления
kind-mfc = МФЦ
kind-mfc-branch = Филиал МФЦ
kind-employment-centre = Центр занятости
kind-support = Обеспечивающая организация
