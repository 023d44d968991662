today-title = Сегодня
today-day = { $day }, по времени органа «{ $office }».
today-tiles = Что требует внимания
today-negative-waiting = { $n ->
    [one] негативный отклик не просмотрен
    [few] негативных отклика не просмотрены
   *[other] негативных откликов не просмотрено
}
today-waiting = { $n ->
    [one] отклик не просмотрен
    [few] отклика не просмотрены
   *[other] откликов не просмотрено
}
today-received = { $n ->
    [one] отклик получен сегодня
    [few] отклика получено сегодня
   *[other] откликов получено сегодня
}
today-received-negative = { $n ->
    [one] негативный получен сегодня
    [few] негативных получено сегодня
   *[other] негативных получено сегодня
}
today-suspicious = { $n ->
    [one] подозрительный не просмотрен
    [few] подозрительных не просмотрены
   *[other] подозрительных не просмотрено
}
today-more-than = { $n }+
today-latest = Последние негативные отклики
today-latest-none = Негативных откликов нет.
today-latest-all = Все негативные
today-days = Последние семь дней
today-days-note = n — сколько получено откликов; в скобках — границы, в которых доля лежит с вероятностью 95 %. Если откликов меньше пяти, доля не показывается.
today-day-column = День
today-share-column = Доля негативных
today-empty-title = Откликов пока нет
today-empty-text = Здесь появятся новые отклики, и прежде всего негативные. Чтобы их получить, разместите в зале QR-код анкеты: его можно скачать на странице органа.
today-empty-action = К органам
today-links = Что вам доступно
today-links-note = Ваша роль не открывает тексты откликов.
today-link-responses = Оценки и тексты, отметка о просмотре, что сделано.
today-link-monitoring = Ежедневные данные о заявлениях: поставки, сроки, справочники.
today-link-bodies = Дерево органов, QR-коды, адреса для писем.
today-link-people = Учётные записи и роли.
today-link-journal = Кто, когда и что изменил.
today-link-outbox = Очередь писем и событий, ошибки доставки.
today-link-account = Пароль и открытые сеансы.

day-title = { $day }, { $office }
day-received = Получено откликов: { $all }.
day-received-negative = Получено откликов: { $all }, из них негативных: { $negative }.
day-reopened = После вашей отметки пришёл негативный отклик. Негативных за день: { $negative }.
day-looked = Вы всё просмотрели:
day-look = Просмотрено всё за день
day-undo = Отменить
day-undone = Отметка снята: день снова ждёт просмотра.
day-refused = Отметка не изменена: отмечать дни органа могут те, чей адрес сейчас есть среди его получателей, и только дни, когда были отклики.
days-waiting = Вы не просмотрели
days-marked = Отмечено

list-title = Отклики
list-daily = Ежедневный просмотр
list-search = Слова в тексте
list-office = Орган и подчинённые
list-office-hint = Код органа
list-from = С даты
list-to = По дату
list-marks = Оценки
list-marks-any = Любые
list-marks-negative = Есть «Плохо»
list-marks-not-negative = Нет «Плохо»
list-sad = «Плохо» за
list-sad-any = Не важно
list-text = Текст
list-text-any = Не важно
list-text-only = Есть
list-suspicious = Подозрительные
list-suspicious-any = Все
list-suspicious-only = Только они
list-suspicious-without = Без них
list-looked = Просмотр
list-looked-any = Все
list-looked-not = Не просмотрены
list-column-when = Время и орган
list-column-response = Оценки и отзыв
list-column-state = Состояние
list-found = Найдено: { $all }. С оценкой «Плохо»: { $negative }. Не просмотрено: { $waiting }.
list-found-more = Найдено больше { $n }: показаны новейшие. Остальные увидите, если уточните отбор.
list-within = Показаны { $office } и все органы, подчинённые ему.
list-empty-title = Откликов пока нет
list-empty-text = Здесь появятся отклики ваших органов. Чтобы их получить, разместите в зале QR-код анкеты: его можно скачать на странице органа.
list-empty-action = К органам
list-nothing-title = Ничего не найдено
list-nothing-text = Таких откликов нет. Измените условия отбора или сбросьте их.
list-nothing-action = Сбросить отбор
list-bad-office = Органа «{ $value }» нет среди ваших. Показаны отклики всех ваших органов.
list-bad-date = «{ $value }» — не дата. Условие не применено.
list-bad-dates = Начало позже конца. Даты не применены.
list-bad-value = Такого условия нет: «{ $value }». Оно не применено.
list-bad-page = «{ $value }» — не номер страницы. Показана первая.
list-bad-words = Искать можно не больше чем по восьми словам. Остальные не учтены.
list-short-words = Слова из одной-двух букв ищутся за последние две недели, с { $day }. Чтобы искать раньше, укажите начало периода или добавьте слово подлиннее.
list-bad-card = Отклика, который указан в адресе, нет среди ваших.
list-bad-address = Адрес страницы не удалось прочитать. Показаны все отклики.

export-xlsx = Скачать для Excel
export-csv = Скачать CSV
export-file = Отклики { $day }
export-when = Получен
export-code = Код органа
export-office = Орган
export-text = Отзыв
export-suspicion = Что настораживает
export-looked = Просмотрен
export-outcome = Что сделано

marks-none = Без оценок
mark-sad = Плохо
mark-happy = Хорошо
mark-unrated = Не оценено
mark-words = { $mark }: { $criterion }
marks-happy = { $n }
state-waiting = Не просмотрен
state-looked = Просмотрен
state-answered = Есть ответ
suspicion-too-fast = Слишком быстро
suspicion-same-device = То же устройство
suspicion-burst = Много за минуту
suspicion-token-reused = Форма повторно
suspicion-too-fast-long = Анкета отправлена быстрее чем через { $seconds } секунды после открытия.
suspicion-same-device-long = С этого же устройства об этом органе в этот день уже отвечали. Так бывает и у тех, кто пользуется общим компьютером.
suspicion-burst-long = За минуту об этом органе пришло больше { $n } откликов.
suspicion-token-reused-long = Эту же форму уже отправляли с другим содержанием.

card-title = Отклик от { $when }
card-office = Орган
card-time = Получен
card-marks = Оценки
card-comment = Отзыв, комментарий или предложение
card-no-comment = Человек ничего не написал.
card-text-removed = Текст удалён, когда истёк срок его хранения:
card-suspicion = Что настораживает
card-suspicion-note = Отклик принят и учтён. Доверять ли ему, решаете вы.
card-history = История
card-history-waiting = Ещё не просмотрен
card-history-looked = Просмотрен: { $who }
card-history-outcome = Написано, что сделано
card-outcome = Что сделано
card-details = Служебные сведения
card-version = Версия анкеты
card-trace = Номер в журналах системы
card-id = Номер отклика
card-look = Отметить просмотренным
card-look-note = Человек увидит это по номеру своей квитанции.
card-outcome-hint = До { $limit } знаков. Текст увидит каждый, у кого есть квитанция: не пишите имён, телефонов и других персональных данных.
card-outcome-change = Изменить
card-outcome-save = Сохранить
card-outcome-none = Пока не написано.
card-outcome-empty = Напишите, что сделано.
card-outcome-too-long = Слишком длинно: { $length } из { $limit } знаков. Сократите текст.
card-outcome-changed = Пока вы писали, текст изменил другой сотрудник: он показан выше. Если ваш лучше, сохраните ещё раз.
card-close = Закрыть
card-alone = На отдельной странице
card-opened = Отклик открыт рядом со списком. Enter — перейти к нему, Escape — закрыть.
card-kept = Вернулся текст, который вы не сохранили.
card-lost = Нет связи с сервером. Ничего не отправлено, текст остался в поле: попробуйте ещё раз.
card-next = Следующий непросмотренный
done-looked = Отклик отмечен просмотренным.
done-looked-before = Отклик уже был отмечен просмотренным.
done-outcome = Сохранено. Текст виден по квитанции.
