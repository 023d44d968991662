product = Отклик

section-today = Сегодня
section-responses = Отклики
section-analysis = Анализ
section-bodies = Органы
section-people = Люди
section-journal = Журнал
section-outbox = Письма
section-account = Моя учётная запись

skip-to-content = К содержанию
nav-label = Разделы
nav-menu = Разделы
person-menu = Меню сотрудника
sign-out = Выйти
breadcrumb-label = Вы здесь
footer-version = «Отклик», версия { $version }
keys-name = Быстрые клавиши
keys-hint = «/» — поиск, ↑ ↓ — строки, Enter — открыть

form-required = Поля со звёздочкой обязательны.
form-errors = Проверьте поля: { $count ->
    [one] { $count } ошибка
    [few] { $count } ошибки
   *[other] { $count } ошибок
}
form-kept = Всё, что вы ввели, сохранено в форме.

filters-label = Отбор
filters-apply = Показать
filters-reset = Сбросить

pager-label = Страницы
pager-previous = Назад
pager-next = Дальше
pager-page = Страница { $page }
pager-total = { $count ->
    [one] { $shown } запись
    [few] { $shown } записи
   *[other] { $shown } записей
}

share = { $percent } % ({ $low }–{ $high }), n = { $total }
share-none = нет ответов
share-few = мало ответов, n = { $total }

error-status = Ошибка { $status }
error-kept-label = Что сохранено
error-advice-label = Что делать
error-trace = Номер для обращения в поддержку:
error-home = На главную

error-403-what = У вас нет доступа к этой странице
error-403-kept = Ничего не изменилось: запрос не выполнялся.
error-403-advice = Если доступ нужен вам по работе, попросите администратора вашего органа добавить роль. Если страница долго была открыта, обновите её и повторите действие.
error-404-what = Такой страницы нет
error-404-kept = Ваши данные на месте. Запись могла быть перенесена, или она относится к другому органу.
error-404-advice = Проверьте адрес или откройте нужный раздел и найдите запись через поиск.
error-500-what = На нашей стороне произошла ошибка
error-500-kept = Всё, что было принято раньше, сохранено. Последнее действие могло не выполниться.
error-500-advice = Вернитесь назад и повторите. Если ошибка повторится, сообщите администратору, что вы делали и когда.
error-503-what = Система временно недоступна
error-503-kept = Принятые отклики сохранены. Последнее действие не выполнено.
error-503-advice = Повторите через минуту. Если вы заполняли форму, вернитесь назад: браузер сохранил введённое.

live-on = Страница обновляется сама
live-changed = Обновилось в
live-lost = Связи с сервером нет: показано то, что было. Страница обновится, когда связь вернётся
live-ended = Вы вышли из системы: страница больше не обновляется
