package org.dallemini.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody who uses the page; notes what the browser complains about. */
final class Visitor implements AutoCloseable {
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> addresses = new CopyOnWriteArrayList<>();

    Visitor(BrowserContext context, Page page) {
        this.context = context;
        this.page = page;
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            // The browser notes every answer of 4xx and 5xx, which the page asks for on purpose; all else counts.
            if (!message.type().equals("log") && !message.text().startsWith("Failed to load resource")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onRequest(request -> addresses.add(request.url()));
    }

    Page page() {
        return page;
    }

    /** All that was asked for. */
    List<String> addresses() {
        return addresses;
    }

    /** From now on notes what the page posts. */
    void notePosts(List<String> bodies) {
        page.onRequest(request -> {
            if (request.method().equals("POST")) {
                bodies.add(request.postData());
            }
        });
    }

    Visitor open(String view) {
        page.navigate("/" + view);
        assertThat(heading()).isVisible();
        return this;
    }

    Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
    }

    Locator prompt() {
        return page.getByLabel("What shall be drawn?");
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** Images of the gallery. */
    Locator tiles() {
        return page.locator("main .tile > a:first-child");
    }

    /** Images of the job that is being drawn. */
    Locator drawn() {
        return page.locator(".job .tile a img");
    }

    /** Waits until so many images of the job are there, with their pictures. */
    void awaitDrawn(int images) {
        assertThat(drawn()).hasCount(images);
        page.waitForFunction(
                "() => [...document.querySelectorAll('.job .tile a img')].every((img) => img.naturalWidth > 0)");
    }

    /** From now on notes what is shown, however short: see {@link #shown}. */
    void noteShown(String selector) {
        page.evaluate("""
                (selector) => {
                  const noted = ((window.noted ??= {})[selector] = []);
                  const note = (element) => {
                    const who = element.closest("[aria-hidden]") ? "not seen by all" : "seen by all";
                    noted.push(element.naturalWidth ? `${element.naturalWidth} wide, ${who}` : element.textContent);
                  };
                  new MutationObserver((changes) => changes
                      .flatMap((change) => [change.target, ...change.addedNodes])
                      .filter((node) => node.matches?.(selector) && (node.naturalWidth || node.textContent))
                      .forEach(note))
                    .observe(document.body, { childList: true, subtree: true, characterData: true });
                }
                """, selector);
    }

    /** What was shown that fits the selector: texts, and widths of pictures. */
    @SuppressWarnings("unchecked")
    List<String> shown(String selector) {
        return (List<String>) page.evaluate("(selector) => window.noted[selector]", selector);
    }

    /** What the browser complained about: scripts that failed, and whatever the policy forbade. */
    List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {
        context.close();
        assertThat(complaints).isEmpty();
    }
}
