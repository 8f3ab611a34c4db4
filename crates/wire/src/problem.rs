//! Refusals: what the caller did that cannot be done, as JSON:API error objects.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::Code;

/// Where in the request a problem lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// JSON pointer into the body, `/data/attributes/name`.
    Pointer(String),
    /// Query parameter, `filter[app]`.
    Parameter(String),
}

/// One error object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Code, which decides the status.
    pub code: Code,
    /// Title, where a rule has its own.
    pub title: Option<Cow<'static, str>>,
    /// Detail.
    pub detail: Cow<'static, str>,
    /// Where it lies.
    pub source: Option<Source>,
    /// Part of the code behind the table's (`SCREENSHOT_REQUIRED.APP_IPHONE_65`), dot left out.
    pub deeper: Option<String>,
    /// `meta.associatedErrors`: resource path and its problems.
    pub associated: Vec<(String, Vec<Problem>)>,
    /// Other members of `meta`.
    pub meta: Vec<(&'static str, Value)>,
    /// `links.see`.
    pub see: Option<&'static str>,
}

impl Problem {
    /// Returns a problem with the table's title and no source.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Problem {
            code,
            title: None,
            detail: detail.into(),
            source: None,
            deeper: None,
            associated: Vec::new(),
            meta: Vec::new(),
            see: None,
        }
    }

    /// Sets the title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets `source.pointer`.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.source = Some(Source::Pointer(pointer.into()));
        self
    }

    /// Sets `source.pointer` to an attribute of the primary data.
    #[must_use]
    pub fn at_attribute(self, name: &str) -> Self {
        self.at(format!("/data/attributes/{name}"))
    }

    /// Sets `source.pointer` to a relationship of the primary data.
    #[must_use]
    pub fn at_relationship(self, name: &str) -> Self {
        self.at(format!("/data/relationships/{name}"))
    }

    /// Sets `source.parameter`.
    #[must_use]
    pub fn in_parameter(mut self, parameter: impl Into<String>) -> Self {
        self.source = Some(Source::Parameter(parameter.into()));
        self
    }

    /// Appends levels to the code.
    #[must_use]
    pub fn deeper(mut self, levels: impl Into<String>) -> Self {
        self.deeper = Some(levels.into());
        self
    }

    /// Adds problems of another resource under `meta.associatedErrors`.
    #[must_use]
    pub fn associated(mut self, path: impl Into<String>, problems: Vec<Problem>) -> Self {
        self.associated.push((path.into(), problems));
        self
    }

    /// Returns the code with its appended levels.
    #[must_use]
    pub fn code_text(&self) -> Cow<'static, str> {
        match &self.deeper {
            None => Cow::Borrowed(self.code.as_str()),
            Some(levels) => Cow::Owned(format!("{}.{levels}", self.code.as_str())),
        }
    }

    /// Returns the error object; `id` is left out where it is `None`, as on 401.
    #[must_use]
    pub fn to_json(&self, id: Option<&str>) -> Value {
        let mut object = Map::new();
        if let Some(id) = id {
            object.insert("id".into(), id.into());
        }
        object.insert("status".into(), self.code.status().to_string().into());
        object.insert("code".into(), self.code_text().into());
        let title = self.title.as_deref().unwrap_or(self.code.title());
        object.insert("title".into(), title.into());
        object.insert("detail".into(), self.detail.as_ref().into());
        match &self.source {
            Some(Source::Pointer(pointer)) => {
                object.insert("source".into(), json!({ "pointer": pointer }));
            }
            Some(Source::Parameter(parameter)) => {
                object.insert("source".into(), json!({ "parameter": parameter }));
            }
            None => {}
        }
        if let Some(see) = self.see {
            object.insert("links".into(), json!({ "see": see }));
        }
        let mut meta: Map<String, Value> =
            self.meta.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        if !self.associated.is_empty() {
            let associated: Map<String, Value> = self
                .associated
                .iter()
                .map(|(path, problems)| {
                    let objects = problems.iter().map(|problem| problem.to_json(id)).collect();
                    (path.clone(), Value::Array(objects))
                })
                .collect();
            meta.insert("associatedErrors".into(), Value::Object(associated));
        }
        if !meta.is_empty() {
            object.insert("meta".into(), Value::Object(meta));
        }
        Value::Object(object)
    }
}

/// Returns a member's name as one step of a JSON pointer. Source: RFC 6901, section 3.
#[must_use]
pub fn pointer_token(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Everything that is wrong with one request; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub Vec<Problem>);

impl Refusal {
    /// Returns the HTTP status: that of the first problem.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.first().map_or(500, |problem| problem.code.status())
    }

    /// Returns the error document. The request id is each error's id, but on 401, whose recorded
    /// replies have none.
    #[must_use]
    pub fn to_document(&self, request_id: &str) -> Value {
        let errors: Vec<Value> = self
            .0
            .iter()
            .map(|problem| {
                let id = (problem.code != Code::NotAuthorized).then_some(request_id);
                problem.to_json(id)
            })
            .collect();
        json!({ "errors": errors })
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Refusal(vec![problem])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_401_has_no_id_and_others_carry_the_request_id() {
        let refused = Refusal::from(Problem::new(Code::NotAuthorized, "d"));
        assert!(refused.to_document("R")["errors"][0].get("id").is_none());
        let refused = Refusal::from(Problem::new(Code::NotFound, "d"));
        assert_eq!(refused.to_document("R")["errors"][0]["id"], "R");
    }

    #[test]
    fn names_with_slashes_stay_one_step_of_a_pointer() {
        assert_eq!(pointer_token("plain"), "plain");
        assert_eq!(pointer_token("a/b~c"), "a~1b~0c");
    }

    #[test]
    fn associated_errors_are_keyed_by_resource_path() {
        let inner = Problem::new(Code::AttributeRequired, "missing").at_attribute("copyright");
        let outer =
            Problem::new(Code::StateEntity, "x").associated("/v1/appStoreVersions/1", vec![inner]);
        let error = outer.to_json(Some("R"));
        let nested = &error["meta"]["associatedErrors"]["/v1/appStoreVersions/1"][0];
        assert_eq!(nested["source"]["pointer"], "/data/attributes/copyright");
        assert_eq!(nested["status"], "409");
    }
}
