/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a person does: search, open a call, see the ladder, open a message, download the pcap. */
@ExtendWith(StandaloneExtension.class)
class BrowserIT {

    @TempDir
    private Path folder;

    private final RunningStandalone rhapsode;
    private final List<String> trouble = new ArrayList<>();

    BrowserIT(RunningStandalone rhapsode) {
        this.rhapsode = rhapsode;
    }

    @Test
    void aCallIsFoundSeenAndTakenHome() throws Exception {
        Program.require("chromium", "tshark");
        TestCalls.send(rhapsode.hepPort(), "browser", 5);
        JsonClient.eventually(() -> assertThat(rhapsode.api()
                        .get("/api/v1/calls?q=" + JsonClient.encode("callid:browser-* state:ended"))
                        .getInt("total"))
                .isEqualTo(5));
        browse(this::walk);
    }

    /** Only with the keyboard, from the search page to the form, to what it finds, and back to the form. */
    @Test
    void theFormIsFilledIn() throws Exception {
        Program.require("chromium");
        TestCalls.send(rhapsode.hepPort(), "filled\"in\"(", 3);
        JsonClient.eventually(() -> assertThat(rhapsode.api()
                        .get("/api/v1/messages?size=0&q=" + JsonClient.encode("callid:~\"filled*\""))
                        .getInt("total"))
                .isEqualTo(3 * TestCalls.MESSAGES_PER_CALL));
        browse(this::fillIn);
    }

    /** By forms alone, which the browser says come from here. */
    @Test
    void aSearchIsSavedAndACallIsHeld() throws Exception {
        Program.require("chromium");
        TestCalls.send(rhapsode.hepPort(), "kept", 1);
        JsonClient.eventually(() -> assertThat(rhapsode.api()
                        .get("/api/v1/calls?q=" + JsonClient.encode("callid:kept-0 state:ended"))
                        .getInt("total"))
                .isEqualTo(1));
        browse(this::keep);
    }

    private void keep(Page page) {
        page.navigate(home() + "/");
        page.getByLabel("Query").fill("callid:kept-*");
        page.getByLabel("Query").press("Enter");
        save(page);
        page.getByText("<b>my search", new Page.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.locator(".total").innerText()).startsWith("1 found");
        // The same name again, and then as a replacement.
        save(page);
        assertThat(page.getByRole(AriaRole.ALERT).innerText()).contains("There is a search of this name already");
        page.getByText("Replace the one there").click();
        page.getByLabel("Delete <b>my search").click();
        assertThat(page.url()).isEqualTo(home() + "/searches");
        assertThat(page.locator("main").innerText()).doesNotContain("my search");

        page.navigate(home() + "/calls/kept-0");
        page.getByText("Hold this call").click();
        page.getByLabel("Why").fill("<i>court order</i>");
        page.getByLabel("Who").fill("Ada");
        page.getByRole(AriaRole.BUTTON).click();
        assertThat(page.url()).isEqualTo(home() + "/calls/kept-0");
        assertThat(page.locator(".held").innerText()).contains("Held since", "by Ada: <i>court order</i>");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Held calls"))
                .click();
        page.locator("tr", new Page.LocatorOptions().setHasText("kept-0"))
                .locator("summary")
                .click();
        page.getByLabel("Who").fill("Eve");
        page.getByText("Release kept-0").click();
        assertThat(page.locator("main").innerText()).doesNotContain("kept-0");
    }

    private static void save(Page page) {
        page.getByText("Save this search").click();
        page.getByLabel("Name").fill("<b>my search");
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("Save").setExact(true))
                .click();
    }

    private interface Walk {
        void over(Page page) throws Exception;
    }

    private void browse(Walk walk) throws Exception {
        try (Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(Path.of("/usr/bin/chromium"))
                                .setArgs(List.of("--no-sandbox")))) {
            Page page = browser.newPage();
            listen(page);
            walk.over(page);
        }
        assertThat(trouble)
                .as("complaints of the browser, and requests to other hosts")
                .isEmpty();
    }

    private String home() {
        return "http://127.0.0.1:" + rhapsode.httpPort();
    }

    private void fillIn(Page page) {
        page.navigate(home() + "/");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Form"))
                .press("Enter");
        assertThat(page.evaluate("document.activeElement.name")).isEqualTo("ruri");
        page.getByLabel("Call-ID", new Page.GetByLabelOptions().setExact(true)).fill("filled\"in\"(-1");
        page.getByLabel("Method or reply").fill("BYE");
        page.getByLabel("test-calls", new Page.GetByLabelOptions().setExact(true))
                .press("Space");
        page.getByLabel("unique packets").press("Space");
        page.getByLabel("Maximum records").fill("7");
        page.getByLabel("Method or reply").press("Enter");
        assertThat(page.locator(".total").innerText()).startsWith("1 found");
        assertThat(page.locator(".results tbody tr").innerText()).contains("BYE", "filled\"in\"(-1", "test-calls");
        assertThat(page.getByLabel("Query").inputValue())
                .isEqualTo("callid:~\"filled\\\"in\\\"(-1\" AND method:BYE AND node:test-calls AND unique:true");
        page.goBack();
        assertThat(page.getByLabel("Method or reply").inputValue()).isEqualTo("BYE");
        page.getByLabel("Method or reply").fill("180");
        page.getByLabel("any of the above (OR)").press("Space");
        page.getByLabel("Method or reply").press("Enter");
        assertThat(page.locator(".results tbody tr").allInnerTexts())
                .hasSize(7)
                .allMatch(row -> row.contains("180 Ringing") || row.contains("filled\"in\"(-1"));
        page.getByLabel("Query").press("Enter");
        assertThat(page.url()).contains("size=7");
    }

    private void listen(Page page) {
        String home = home();
        page.onConsoleMessage(message -> {
            // A conflict is answered with a page that says what can be done; Chromium complains whenever it likes.
            if (message.type().equals("error") && !message.text().contains("409 (Conflict)")) {
                trouble.add(message.text());
            }
        });
        page.onRequest(request -> {
            if (!request.url().startsWith(home) && !request.url().startsWith("data:")) {
                trouble.add(request.url());
            }
        });
    }

    private void walk(Page page) throws Exception {
        page.navigate(home() + "/");
        page.getByLabel("Query").fill("callid:browser-*");
        page.getByRole(AriaRole.BUTTON).click();
        assertThat(page.locator(".total").innerText()).startsWith("5 found");
        assertThat(page.locator(".facets").innerText()).contains("ended", "INVITE");
        Download table = page.waitForDownload(() -> page.getByText("csv").click());
        assertThat(Files.readAllLines(table.path()))
                .hasSize(1 + 5)
                .last()
                .asString()
                .contains("browser-");
        page.getByText("browser-3", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(page.locator("svg.flow .host").allTextContents()).containsExactly("10.0.0.1:5060", "10.0.0.2:5060");
        assertThat(page.locator("svg.flow .label").allTextContents())
                .containsExactly("INVITE", "180 Ringing  INVITE", "200 OK  INVITE", "BYE", "200 OK  BYE");
        assertThat(page.locator("svg.flow .number").allTextContents()).containsExactly("1", "2", "3", "4", "5");
        assertThat(page.locator("#m4").isVisible()).isFalse();
        page.locator("svg.flow a").nth(3).click();
        assertThat(page.locator("#m4").isVisible()).isTrue();
        assertThat(page.locator("#m4 pre").innerText()).startsWith("BYE sip:bob@callee.test SIP/2.0");
        assertThat(page.locator("#m4 .headers").innerText()).contains("Call-ID").contains("browser-3");
        double beside = page.locator(".ladder").boundingBox().width;
        page.locator("#m4 .step").getByText("next").click();
        assertThat(page.locator("#m4").isVisible()).isFalse();
        assertThat(page.locator("#m5 pre").innerText()).startsWith("SIP/2.0 200 OK");
        page.locator("#m5 .step").getByText("close").click();
        assertThat(page.locator("#m5").isVisible()).isFalse();
        assertThat(page.locator(".ladder").boundingBox().width)
                .as("without a message beside it")
                .isGreaterThan(1.5 * beside);
        Download download =
                page.waitForDownload(() -> page.getByText("pcap", new Page.GetByTextOptions().setExact(true))
                        .click());
        Path pcap = folder.resolve("call.pcap");
        download.saveAs(pcap);
        assertThat(Program.run(
                                "tshark",
                                "-r",
                                pcap.toString(),
                                "-T",
                                "fields",
                                "-e",
                                "sip.Method",
                                "-e",
                                "sip.Status-Code")
                        .lines()
                        .filter(line -> !line.startsWith("Running as"))
                        .map(String::strip))
                .containsExactly("INVITE", "180", "200", "BYE", "200");
    }
}
