// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

/**
 * How the console asks for a key, how it uses it, and what it shows for a key that may only read.
 */
class ConsoleKeysIT extends OpenConsole {
  private static final String KEYS =
      "auth: { api_keys: [ { id: ops, role: admin, secret: admin-secret },"
          + " { id: eyes, role: read, secret: read-secret } ] }\n";

  ConsoleKeysIT() {
    super(1, KEYS, 0);
  }

  @Test
  void aKeyIsAskedForAndKeptNoLongerThanWanted() throws Exception {
    page.open(member(), "shards");
    page.awaitText("main", "This member wants a key");
    assertEquals(List.of(), page.findings());
    page.picture("key");
    enter("wrong", false);
    page.awaitText("main", "The key is not known here");
    enter("read-secret", false);
    page.awaitText("main", "everything is shown, nothing can be changed");
    page.awaitText("#shards", "Map version");
    String why = page.button("#shards", "Grow").getAttribute("title");
    assertTrue(why.contains("the key eyes has the role read"), why);
    page.press("#shards", "Grow");
    assertTrue(page.driver.findElements(By.cssSelector("dialog[open]")).isEmpty());
    assertEquals(List.of(), page.findings());
    page.picture("read-only");
    page.go("settings");
    page.awaitText("#backups", "Only a key with the role admin shows them.");
    assertEquals(0L, reads("/cluster/backups"));
    page.go("shards");
    assertFalse(storage().contains("read-secret"), storage());
    page.driver.navigate().refresh();
    page.awaitText("main", "This member wants a key");
    watchFor("not known here");
    enter("admin-secret", true);
    page.awaitText("#shards", "Map version");
    assertEquals(Boolean.FALSE, page.driver.executeScript("return window.seen"), "not tried yet");
    page.driver.navigate().refresh();
    page.awaitText("#shards", "Map version");
    assertEquals("", page.button("#shards", "Grow").getAttribute("title"));
    assertFalse(page.driver.getCurrentUrl().contains("secret"));
    assertEquals("{}", page.driver.executeScript("return JSON.stringify(localStorage)"));
    assertEquals("", page.driver.executeScript("return document.cookie"));
    aBackupThatWaitsForAShardIsStopped();
    page.press("header", "Forget the key");
    page.awaitText("main", "This member wants a key");
    assertFalse(storage().contains("secret"), storage());
    assertFalse(
        Files.readString(cluster.members().get(0).output()).contains("admin-secret"),
        "no key in the log");
  }

  private void aBackupThatWaitsForAShardIsStopped() {
    cluster.lose(cluster.shard(2));
    page.go("settings");
    page.press("#backups", "Back up");
    page.type("destination", "/var/backups/quiver");
    page.confirm();
    page.awaitText("#backups tbody tr", "2 of 3");
    page.press("#backups", "Stop");
    page.confirm();
    page.awaitText("#backups .badge", "stopped");
  }

  /**
   * Notes in {@code window.seen} whether the page shows this text from now on, even for a moment.
   */
  private void watchFor(String text) {
    page.driver.executeScript(
        "const [text] = arguments, main = document.getElementById('main'); window.seen = false;"
            + "new MutationObserver(() => { window.seen ||= main.textContent.includes(text); })"
            + ".observe(main, {childList: true, subtree: true, characterData: true});",
        text);
  }

  /** How often the page asked for this since it was loaded. */
  private Object reads(String path) {
    return page.driver.executeScript(
        "return performance.getEntriesByType('resource')"
            + ".filter(read => read.name.endsWith(arguments[0])).length",
        path);
  }

  private String storage() {
    return String.valueOf(
        page.driver.executeScript(
            "return JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"));
  }

  private void enter(String key, boolean keep) {
    page.driver.findElement(By.id("key")).clear();
    page.driver.findElement(By.id("key")).sendKeys(key);
    if (keep) {
      page.driver.findElement(By.id("keep")).click();
    }
    page.press("main", "Enter");
  }
}
