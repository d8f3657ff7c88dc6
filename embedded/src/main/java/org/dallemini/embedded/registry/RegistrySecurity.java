package org.dallemini.embedded.registry;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.BasicAuthenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.dallemini.embedded.ServerKey;

/**
 * A registry behind HTTPS that asks for a password.
 *
 * @param key of the server
 * @param user the only one
 * @param password of the user
 */
public record RegistrySecurity(ServerKey key, String user, String password) {

    Authenticator authenticator() {
        return new BasicAuthenticator("schema-registry", StandardCharsets.UTF_8) {
            @Override
            public boolean checkCredentials(String name, String given) {
                return name.equals(user)
                        && MessageDigest.isEqual(
                                given.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    @Override
    public String toString() {
        return "user " + user + " over TLS";
    }
}
