//! Texts shared by all pages of the admin zone.

otklik_locale::texts!();
