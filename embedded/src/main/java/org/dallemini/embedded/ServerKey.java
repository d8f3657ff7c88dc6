package org.dallemini.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The key and certificate of a server.
 *
 * @param keyStore PKCS12 file
 * @param password of the file and of the key in it
 */
public record ServerKey(Path keyStore, String password) {

    /** @throws EmbeddedServerException if the file cannot be used */
    public SSLContext sslContext() {
        try (InputStream file = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(file, password.toCharArray());
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new EmbeddedServerException("Cannot use the server key in " + keyStore + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return keyStore.toString();
    }
}
