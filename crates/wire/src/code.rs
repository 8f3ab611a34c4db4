//! The table of error codes: code, status, title. Only this table knows statuses.
//!
//! Sources: protocol facts recorded from replies and Apple's documentation. Rows whose title no
//! recorded reply shows are marked "our wording".

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $status:literal, $code:literal, $title:literal;)*) => {
        /// What an error object's `code`, `status` and default `title` are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// All codes, in the table's order.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// Returns the HTTP status that goes with the code.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)* }
            }

            /// Returns the code as it stands on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// Returns the title used unless a rule has its own.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    /// A query parameter has a bad value.
    ParameterInvalid => 400, "PARAMETER_ERROR.INVALID", "A parameter has an invalid value";
    /// The operation has no such query parameter. Title: our wording.
    ParameterIllegal => 400, "PARAMETER_ERROR.ILLEGAL", "A parameter is not allowed";
    /// A query parameter that must be there is not. Title: our wording.
    ParameterRequired => 400, "PARAMETER_ERROR.REQUIRED", "A required parameter is missing";
    /// The body is not JSON. Title: our wording.
    EntityInvalid => 400, "ENTITY_INVALID", "The request entity is not a valid request document object";
    /// The request cannot be understood as HTTP or URL. Title: our wording.
    BadRequest => 400, "BAD_REQUEST", "The request could not be understood";
    /// The JWT is missing or wrong in any way.
    NotAuthorized => 401, "NOT_AUTHORIZED", "Authentication credentials are missing or invalid.";
    /// The key's roles do not allow the request.
    Forbidden => 403, "FORBIDDEN_ERROR", "This request is forbidden for security reasons";
    /// The operation is not offered for the resource.
    OperationNotAllowed => 403, "FORBIDDEN_ERROR", "The given operation is not allowed";
    /// An agreement is unsigned or expired.
    AgreementMissing => 403, "FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED", "A required agreement is missing or has expired.";
    /// The path names no resource type or relationship.
    PathInvalid => 404, "PATH_ERROR", "The URL path is not valid";
    /// No resource has that id.
    NotFound => 404, "NOT_FOUND", "The specified resource does not exist";
    /// An app never had this (availability). Title: our wording.
    ResourceDoesNotExist => 404, "RESOURCE_DOES_NOT_EXIST", "The specified resource does not exist";
    /// The method is not available. Title: our wording.
    MethodNotAllowed => 405, "METHOD_NOT_ALLOWED", "The request method is not allowed";
    /// Something else in the way. Title as recorded.
    Conflict => 409, "CONFLICT", "Resource state is invalid.";
    /// The entity has a problem that no deeper code names.
    EntityError => 409, "ENTITY_ERROR", "There is a problem with the request entity";
    /// A required attribute is missing.
    AttributeRequired => 409, "ENTITY_ERROR.ATTRIBUTE.REQUIRED", "The provided entity is missing a required attribute";
    /// An attribute is unknown.
    AttributeUnknown => 409, "ENTITY_ERROR.ATTRIBUTE.UNKNOWN", "The provided entity includes an unknown attribute";
    /// An attribute cannot be set by this operation. Title: our wording.
    AttributeNotAllowed => 409, "ENTITY_ERROR.ATTRIBUTE.NOT_ALLOWED", "The provided entity includes an attribute that is not allowed";
    /// An attribute has the wrong JSON type or enum value. Title: our wording.
    AttributeType => 409, "ENTITY_ERROR.ATTRIBUTE.TYPE", "The provided entity includes an attribute with an invalid type";
    /// An attribute's value breaks a rule.
    AttributeInvalid => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID", "The provided entity includes an attribute with an invalid value";
    /// The value is taken.
    AttributeDuplicate => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE", "The provided entity includes an attribute with a value that has already been used";
    /// The value is taken by another team.
    AttributeDuplicateElsewhere => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.DUPLICATE.DIFFERENT_ACCOUNT", "The provided entity includes an attribute with a value that has already been used on a different account";
    /// The value is too long.
    AttributeTooLong => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.TOO_LONG", "An attribute value is too long.";
    /// The attribute is locked in this state.
    AttributeState => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.INVALID_STATE", "An attribute value is not acceptable for the current resource state.";
    /// The localization is locked.
    AttributeUnmodifiable => 409, "ENTITY_ERROR.ATTRIBUTE.INVALID.UNMODIFIABLE", "An attribute value can not be modified in the current state.";
    /// A required relationship is missing. Title: our wording.
    RelationshipRequired => 409, "ENTITY_ERROR.RELATIONSHIP.REQUIRED", "The provided entity is missing a required relationship";
    /// A relationship is unknown. Title: our wording.
    RelationshipUnknown => 409, "ENTITY_ERROR.RELATIONSHIP.UNKNOWN", "The provided entity includes an unknown relationship";
    /// A relationship cannot be set by this operation. Title: our wording.
    RelationshipNotAllowed => 409, "ENTITY_ERROR.RELATIONSHIP.NOT_ALLOWED", "The provided entity includes a relationship that is not allowed";
    /// A relationship has the wrong form. Title: our wording.
    RelationshipType => 409, "ENTITY_ERROR.RELATIONSHIP.TYPE", "The provided entity includes a relationship with an invalid type";
    /// A relationship names something that does not exist or does not fit.
    RelationshipInvalid => 409, "ENTITY_ERROR.RELATIONSHIP.INVALID", "The provided entity includes a relationship with an invalid value";
    /// The path's resource type and the body's differ. Title: our wording.
    TypeInvalid => 409, "ENTITY_ERROR.TYPE.INVALID", "The provided entity has an invalid type";
    /// The path's id and the body's differ. Title: our wording.
    IdInvalid => 409, "ENTITY_ERROR.ID.INVALID", "The provided entity has an invalid id";
    /// A create names its own id. Title: our wording.
    UnexpectedId => 409, "ENTITY_ERROR.UNEXPECTED_ID", "The provided entity includes an unexpected id";
    /// An inline resource's id is not of the local form. Title: our wording.
    IncludedInvalidId => 409, "ENTITY_ERROR.INCLUDED.INVALID_ID", "The provided entity includes an included resource with an invalid id";
    /// An inline resource's type cannot be created here. Title: our wording.
    IncludedInvalidType => 409, "ENTITY_ERROR.INCLUDED.INVALID_TYPE", "The provided entity includes an included resource with an invalid type";
    /// The state of another resource is in the way.
    State => 409, "STATE_ERROR", "The request cannot be fulfilled because of the state of another resource.";
    /// The resource's own state is in the way.
    StateEntity => 409, "STATE_ERROR.ENTITY_STATE_INVALID", "Resource state is invalid.";
    /// The upload is in a state that does not allow this.
    StateInvalid => 409, "STATE_ERROR.INVALID_STATE", "Resource state is invalid.";
    /// The item is part of another submission.
    StateItemElsewhere => 409, "STATE_ERROR.ITEM_PART_OF_ANOTHER_SUBMISSION", "The request cannot be fulfilled because of the state of another resource.";
    /// The tester accepted already.
    StateInviteAccepted => 409, "STATE_ERROR.TESTER_INVITE.ALREADY_ACCEPTED", "The request cannot be fulfilled because of the state of another resource.";
    /// Nothing to install for the tester.
    StateInviteNoBuilds => 409, "STATE_ERROR.TESTER_INVITE.NO_INSTALLABLE_BUILDS", "The request cannot be fulfilled because of the state of another resource.";
    /// It existed and is gone. Code: our choice, no reply is recorded.
    Gone => 410, "GONE", "The specified resource is no longer available";
    /// The body is larger than accepted. Code and title: our wording.
    PayloadTooLarge => 413, "PAYLOAD_TOO_LARGE", "The request body is too large";
    /// The URL is longer than accepted. Code and title: our wording.
    UriTooLong => 414, "URI_TOO_LONG", "The request URL is too long";
    /// The body's content type is not JSON. Code and title: our wording.
    UnsupportedMediaType => 415, "UNSUPPORTED_MEDIA_TYPE", "The request content type is not supported";
    /// JSON of the wrong shape. Title: our wording.
    EntityUnprocessable => 422, "ENTITY_UNPROCESSABLE", "The request entity could not be processed";
    /// Another build of the version is in beta review.
    AnotherBuildInReview => 422, "ENTITY_UNPROCESSABLE.ANOTHER_BUILD_IN_REVIEW", "Another build is in review";
    /// The build was submitted already or is not settled.
    InvalidQcState => 422, "ENTITY_UNPROCESSABLE.INVALID_QC_STATE", "The build is not in a state that allows this request.";
    /// Too many requests.
    RateLimitExceeded => 429, "RATE_LIMIT_EXCEEDED", "The request rate limit has been reached.";
    /// A fault of ours.
    Unexpected => 500, "UNEXPECTED_ERROR", "An unexpected error occurred.";
    /// Apple's API has it, Russet does not carry it out yet. Never sent by the real service.
    NotImplemented => 501, "NOT_IMPLEMENTED", "Russet does not carry out this operation yet";
    /// The server cannot serve right now. Title: our wording.
    Unavailable => 503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_status_is_an_error_and_every_code_is_dotted_upper_case() {
        for code in Code::ALL {
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(!code.title().is_empty(), "{code:?}");
            assert!(
                code.as_str().chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '.'),
                "{code:?}"
            );
        }
    }
}
