package org.dallemini.objects;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.dallemini.objects.ObjectStoreException.Kind;
import org.jspecify.annotations.Nullable;

/** Sorts the SDK's exceptions by what can be done about them. */
final class S3Errors {
    /** Answers to blame on the object alone; the names are S3's own and MinIO's. */
    private static final Set<String> OBJECT_REFUSED =
            Set.of("KeyTooLongError", "InvalidObjectName", "XMinioInvalidObjectName", "InvalidURI");

    private static final Set<String> TEMPORARY = Set.of(
            "SlowDown",
            "ServiceUnavailable",
            "InternalError",
            "RequestTimeout",
            "OperationAborted",
            "ConditionalRequestConflict",
            "TooManyRequests",
            "XMinioServerNotInitialized");

    /** Precondition Failed; some servers say Not Modified, as if they had been asked to read. */
    private static final Set<Integer> CONDITION_NOT_MET = Set.of(412, 304);

    private S3Errors() {}

    static ObjectStoreException of(S3Settings settings, String action, Exception failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof ErrorResponseException e) {
            return ofAnswer(settings, action, e);
        }
        String prefix = "Cannot " + action + " (" + settings + "): ";
        if (cause instanceof ServerException e && e.statusCode() < 500 && e.statusCode() != 429) {
            return new ObjectStoreException(
                    Kind.MISCONFIGURED, prefix + "status " + e.statusCode() + "; is this an S3 server?", failure);
        }
        if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
            return new ObjectStoreException(
                    Kind.MISCONFIGURED,
                    prefix + reason(cause) + "; check the server's certificate and s3.ssl.truststore.*",
                    failure);
        }
        if (cause instanceof IOException || cause instanceof ServerException) {
            return new ObjectStoreException(Kind.UNAVAILABLE, prefix + reason(cause), failure);
        }
        return new ObjectStoreException(
                Kind.UNAVAILABLE, prefix + "not the answer of an S3 server: " + reason(cause), failure);
    }

    private static ObjectStoreException ofAnswer(S3Settings settings, String action, ErrorResponseException e) {
        String code = e.errorResponse().code();
        int status = e.response().code();
        String message = "Cannot " + action + " (" + settings + "): " + code + " (" + status + "), "
                + e.errorResponse().message() + advice(code);
        return new ObjectStoreException(kind(code, status), message, e);
    }

    private static Kind kind(String code, int status) {
        if (OBJECT_REFUSED.contains(code)) {
            return Kind.REFUSED;
        }
        if (code.equals("NoSuchKey") || code.equals("NoSuchObject")) {
            return Kind.NOT_FOUND;
        }
        boolean temporary = TEMPORARY.contains(code) || status >= 500 || status == 429 || status == 408;
        return temporary ? Kind.UNAVAILABLE : Kind.MISCONFIGURED;
    }

    private static String advice(String code) {
        return switch (code) {
            // Also the answer to a wrong signature where there is no body to say so (HEAD).
            case "AccessDenied" ->
                "; check that s3.access.key may list, read, write and delete in this bucket, and s3.secret.key";
            case "InvalidAccessKeyId" -> "; check s3.access.key";
            case "SignatureDoesNotMatch" -> "; check s3.secret.key";
            case "NoSuchBucket" -> "; create the bucket or set s3.create.bucket=true";
            case "RequestTimeTooSkewed" -> "; check this machine's clock";
            case "AuthorizationHeaderMalformed", "PermanentRedirect" -> "; check s3.region and s3.endpoint";
            default -> "";
        };
    }

    /** Whether the store answered with this S3 error code. */
    static boolean isAnswer(Exception failure, Set<String> codes) {
        return unwrap(failure) instanceof ErrorResponseException e
                && codes.contains(e.errorResponse().code());
    }

    /** Whether the store refused to write since the condition was not met. */
    static boolean isConditionNotMet(Exception failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof ErrorResponseException e) {
            return CONDITION_NOT_MET.contains(e.response().code());
        }
        return cause instanceof ServerException e && CONDITION_NOT_MET.contains(e.statusCode());
    }

    /** The SDK wraps what it knows in exceptions of its own. */
    private static Throwable unwrap(Throwable failure) {
        Throwable t = failure;
        while (!(t instanceof ErrorResponseException)
                && !(t instanceof ServerException)
                && !(t instanceof IOException)) {
            @Nullable Throwable cause = t.getCause();
            if (cause == null) {
                return t;
            }
            t = cause;
        }
        return t;
    }

    private static String reason(Throwable t) {
        @Nullable String message = t.getMessage();
        return message == null ? t.getClass().getSimpleName() : message;
    }
}
