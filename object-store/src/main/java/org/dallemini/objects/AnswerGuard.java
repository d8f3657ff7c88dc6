package org.dallemini.objects;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Guards the SDK against answers that are not S3's. It reads the body of a failure whole, however long, and that of a
 * success of PUT not at all: S3 sends none, so one that comes is the page of a proxy, or an error behind a 200.
 */
final class AnswerGuard implements Interceptor {
    /** S3's errors take less than a kilobyte. */
    private static final long MAX_ERROR_BYTES = 64 << 10;

    @Override
    public Response intercept(Chain chain) throws IOException {
        Response response = chain.proceed(chain.request());
        if (!response.isSuccessful()) {
            try (response) {
                return response.newBuilder()
                        .body(response.peekBody(MAX_ERROR_BYTES))
                        .build();
            }
        }
        if (chain.request().method().equals("PUT")) {
            ResponseBody body = response.peekBody(256);
            if (body.contentLength() != 0) {
                response.close();
                throw new IOException(
                        "status " + response.code() + " with a body, which is not the answer of an S3 server: "
                                + AsciiText.escape(body.string(), 200));
            }
        }
        return response;
    }
}
