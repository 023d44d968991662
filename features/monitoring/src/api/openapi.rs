//! The description of the API: OpenAPI 3.1.

use axum::Json;
use utoipa::openapi::OpenApi as Description;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// The API of the programme.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Отклик",
        description = "Приём ежедневных данных о ходе услуг и отчёты о нём. Токен отправителя выдаёт администратор."
    ),
    paths(
        super::description,
        super::deliveries::receive,
        super::deliveries::show,
        super::deliveries::report,
        super::reports::report,
        super::application::show,
        super::applications::list
    ),
    tags((name = "monitoring", description = "Ход услуг")),
    modifiers(&Token)
)]
struct Api;

struct Token;

impl Modify for Token {
    fn modify(&self, api: &mut Description) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        if let Some(components) = api.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}

/// The description.
pub(super) async fn show() -> Json<Description> {
    Json(Api::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mon9_the_api_is_described_in_openapi_3_1() {
        let text = serde_json::to_value(Api::openapi()).unwrap();
        assert!(text["openapi"].as_str().unwrap().starts_with("3.1"), "{}", text["openapi"]);
        for path in [
            "/api/v1/monitoring/deliveries",
            "/api/v1/monitoring/deliveries/{id}",
            "/api/v1/monitoring/reports/{name}",
            "/api/v1/monitoring/applications",
            "/api/v1/monitoring/applications/{request}",
        ] {
            assert!(text["paths"][path].is_object(), "{path}");
        }
        for path in ["/api/v1/monitoring/reports/{name}", "/api/v1/monitoring/applications"] {
            let told = &text["paths"][path]["get"]["responses"]["200"]["content"];
            assert!(told["application/json"]["schema"].is_object(), "{path}: {told}");
            assert!(told["text/csv"].is_object(), "{path}: {told}");
        }
        let asked = text["paths"]["/api/v1/monitoring/applications"]["get"]["parameters"].as_array().unwrap();
        let needed: Vec<_> =
            asked.iter().filter(|one| one["required"] == true).map(|one| &one["name"]).collect();
        assert_eq!(needed, ["what"]);
        assert_eq!(text["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    }
}
