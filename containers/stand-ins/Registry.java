import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import org.dallemini.embedded.registry.EmbeddedSchemaRegistry;

/** The embedded schema registry, which serves its own machine alone, for the other containers. */
final class Registry {
    private static final int PUBLIC_PORT = 8081, PORT = 18081;

    private Registry() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedSchemaRegistry.start(
                System.getenv("SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS").replace("PLAINTEXT://", ""), PORT);
        try (ServerSocket door = new ServerSocket(PUBLIC_PORT)) {
            while (true) {
                Socket guest = door.accept();
                Socket host = new Socket("127.0.0.1", PORT);
                carry(guest, host);
                carry(host, guest);
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        new Thread(() -> {
                    try (from; to) {
                        from.getInputStream().transferTo(to.getOutputStream());
                    } catch (IOException e) {
                        // one of them has left
                    }
                })
                .start();
    }
}
