package org.dallemini.page;

import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A browser without a window: the one that the machine has, nothing is downloaded. */
final class Chromium implements AutoCloseable {
    /** How long anything may take that the page is expected to do: on a busy machine all of it takes long. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Logger log = LoggerFactory.getLogger(Chromium.class);
    private static final String NONE = "The web page is not tested: there is no Chromium on the PATH. Install it, on"
            + " Debian with 'apt-get install chromium'.";
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Starts the browser; where there is none the test is skipped, and says what to install. */
    static Chromium start() {
        Path program = find();
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE.toMillis());
        Playwright playwright =
                Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        // As root, as in containers, Chromium does not start with its sandbox; it opens nothing but our own page.
        Browser browser = playwright
                .chromium()
                .launch(new LaunchOptions().setExecutablePath(program).setChromiumSandbox(false));
        return new Chromium(playwright, browser);
    }

    private static Path find() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> {
                    log.warn(NONE);
                    return abort(NONE);
                });
    }

    /** Somebody with a fresh browser. */
    Visitor visitor(String address, NewContextOptions options) {
        BrowserContext context = browser.newContext(options.setBaseURL(address).setLocale("en-GB"));
        context.setDefaultTimeout(PATIENCE.toMillis());
        return new Visitor(context, context.newPage());
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
