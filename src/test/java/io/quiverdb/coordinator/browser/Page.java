// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogType;

/** The console in a browser, as an operator handles it. */
final class Page implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path ALL = Path.of("target/console");
  private static final Path IMAGES =
      Path.of(System.getProperty("quiver.console.images", ALL.toString()));

  /** Those that docs/console.md shows. */
  private static final Set<String> DOCUMENTED =
      Set.of("overview", "migrations", "dry-run", "read-only");

  final ChromeDriver driver;

  Page(Path downloads) {
    driver = Chromium.start(downloads);
  }

  /** Opens a screen at a member. */
  void open(URI member, String hash) {
    driver.get("about:blank");
    driver.get(member + "/console#/" + hash);
  }

  /** Goes to another screen of the same page. */
  void go(String hash) {
    driver.executeScript("location.hash = arguments[0]", "#/" + hash);
  }

  /** Waits until this screen and all its data are shown. */
  void awaitScreen(String hash) {
    String link = "nav a[aria-current][href='#/" + hash.split("/")[0] + "']";
    awaitThat("the screen " + hash, () -> !driver.findElements(By.cssSelector(link)).isEmpty());
    awaitThat("what it shows", () -> !text("main .card").contains("Reading"));
  }

  /** Width of the window, and whether the system is dark. */
  void look(int width, int height, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
  }

  String text(String css) {
    return String.valueOf(
        driver.executeScript(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')",
            css));
  }

  void awaitText(String css, String wanted) {
    await(css + " says: " + wanted)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              String said = text(css);
              assertTrue(said.contains(wanted), () -> "it says: " + said);
            });
  }

  void awaitThat(String what, BooleanSupplier holds) {
    await(what).atMost(PATIENCE).until(holds::getAsBoolean);
  }

  /** The first button in there whose text begins so. */
  WebElement button(String css, String label) {
    return await("a button " + label + " in " + css)
        .atMost(PATIENCE)
        .until(
            () ->
                driver.findElements(By.cssSelector(css + " button")).stream()
                    .filter(button -> button.getText().startsWith(label))
                    .findFirst()
                    .orElse(null),
            button -> button != null);
  }

  void press(String css, String label) {
    WebElement button = button(css, label);
    driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", button);
    button.click();
  }

  /** Lets requests whose address ends so find no member, or find it again. */
  void cutOff(String end, boolean cut) {
    driver.executeScript(
        "const [end, cut] = arguments; window.reached ??= window.fetch;"
            + "window.fetch = (url, options) => cut && String(url).endsWith(end)"
            + " ? Promise.reject(new TypeError('cut off')) : window.reached(url, options);",
        end,
        cut);
  }

  /** Types into a field of the dialog. */
  void type(String field, String text) {
    WebElement input = driver.findElement(By.cssSelector("#field-" + field));
    input.sendKeys(Keys.chord(Keys.CONTROL, "a"), text);
  }

  /** Whether the button of the dialog that does it is disabled, and why; empty if it is not. */
  String obstacle() {
    return String.valueOf(
        driver.executeScript(
            "const b = document.querySelector('dialog button[type=submit]');"
                + "return b.getAttribute('aria-disabled') ? b.title : ''"));
  }

  /** Presses the button that does it, and closes the dialog when it was done. */
  void confirm() {
    awaitThat("nothing is in the way: " + obstacle(), () -> obstacle().isEmpty());
    driver.findElement(By.cssSelector("dialog button[type=submit]")).click();
    awaitThat(
        "an answer",
        () ->
            !driver.findElements(By.cssSelector("dialog .note.good, dialog .note.bad")).isEmpty());
    assertEquals(
        List.of(),
        driver.findElements(By.cssSelector("dialog .note.bad")).stream()
            .map(WebElement::getText)
            .toList());
    close("Close");
  }

  /** Closes the dialog. */
  void close(String label) {
    press("dialog", label);
    awaitThat(
        "the dialog is closed",
        () -> driver.findElements(By.cssSelector("dialog[open]")).isEmpty());
  }

  /** The errors that the browser reports: a violated policy, a failed script. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .filter(line -> line.startsWith("SEVERE"))
        .filter(line -> !line.contains("Failed to load resource") && !line.contains("net::ERR_"))
        .toList();
  }

  /** Serious findings of axe-core, one line for each element. */
  List<?> findings() {
    driver.executeScript(axe());
    return (List<?>)
        driver.executeAsyncScript(
            "const done = arguments[0];"
                + "axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations"
                + ".filter(v => ['serious', 'critical', 'moderate'].includes(v.impact))"
                + ".flatMap(v => v.nodes.map(n => v.impact + ' ' + v.id + ' ' + n.target + ' ' + n.failureSummary))),"
                + " e => done([String(e)]));");
  }

  private static String axe() {
    try (InputStream script = Page.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError("axe-core cannot be read", e);
    }
  }

  /** How much the page is wider than its window. */
  long overflow() {
    return ((Number)
            driver.executeScript(
                "return document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))
        .longValue();
  }

  /** Takes a picture of the window, for the documents or to look at. */
  void picture(String name) throws IOException {
    Path folder = Files.createDirectories(DOCUMENTED.contains(name) ? IMAGES : ALL);
    Files.write(folder.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
