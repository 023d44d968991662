status-fresh = Готовится
status-nobody = Некому отправить
status-waiting = Ждёт отправки
status-sent = Отправлено
status-refused = Отклонено сервером
status-given-up = Отправка прекращена

reason-letter = Письмо не удалось составить: отклик или орган недоступны.
