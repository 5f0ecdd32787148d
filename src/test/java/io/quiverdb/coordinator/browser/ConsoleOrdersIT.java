// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.openqa.selenium.By;

/** What an operator orders when a cluster is reshaped, and when something of it is lost. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleOrdersIT extends OpenConsole {
  @Test
  @Order(1)
  void aCheckIsStoppedAndStraysAreSweptAfterADryRun() throws Exception {
    page.open(member(), "shards");
    page.press("#check", "Verify");
    page.type("rate", "1");
    page.confirm();
    page.awaitText("#check", "running");
    page.press("#check", "Stop");
    page.confirm();
    page.awaitText("#check", "stopped");
    assertEquals(
        "check 1 is stopped: only one that is done says what to remove",
        page.button("#check", "Sweep").getAttribute("title"));
    cluster.stray(0, 20);
    page.press("#check", "Verify");
    page.type("rate", "100000");
    page.confirm();
    page.awaitText("#check", "done");
    page.press("#check", "Sweep");
    assertEquals("make the dry run first", page.obstacle());
    page.press("dialog", "Dry run");
    page.awaitText("dialog", "would be removed, 0 of them saved first");
    assertEquals("type the id of the check first", page.obstacle());
    page.type("typed", "2");
    assertEquals(List.of(), page.findings());
    page.picture("sweep");
    page.confirm();
    page.awaitText("#check .dry .badge", "done");
    assertEquals(
        "check 2 was swept: verify again", page.button("#check", "Sweep").getAttribute("title"));
  }

  @Test
  @Order(2)
  void theWholeClusterIsBackedUp() throws Exception {
    page.open(member(), "settings");
    page.press("#backups", "Back up");
    page.type("destination", "backups");
    assertEquals("it must be an absolute path", page.obstacle());
    page.type("destination", "/var/backups/quiver");
    page.confirm();
    page.awaitText("#backups tbody tr", "3 of 3");
    page.awaitText("#backups .badge", "done");
    assertEquals(List.of(), page.findings());
    page.picture("backups");
  }

  @Test
  @Order(3)
  void aPlanIsMadeAndEndsWithTheShardThatItWaitsFor() throws Exception {
    page.open(member(), "migrations");
    page.press("#plan", "New plan");
    page.type("steps", "grow " + cluster.spare(0) + "\ndrain two");
    assertEquals("step 2 must be \"grow URL\" or \"drain ID\"", page.obstacle());
    page.type("steps", "grow " + cluster.spare(0) + "\ndrain 2");
    assertEquals("make the dry run first", page.obstacle());
    page.press("dialog", "Dry run");
    page.awaitText("dialog", "drain shard 2");
    page.awaitText("dialog", "would be accepted");
    assertEquals("type the ids of the shards that leave first", page.obstacle());
    page.type("typed", "2");
    assertEquals(List.of(), page.findings());
    page.picture("plan");
    page.confirm();
    page.awaitText("#one [aria-current]", "COPYING");
    assertEquals(
        "it does not hold: it goes on by itself",
        page.button("#one", "Retry").getAttribute("title"));
    page.press("#plan", "Pause");
    page.confirm();
    page.awaitText("#plan", "paused");
    page.press("#plan", "Resume");
    page.confirm();
    page.awaitText("#plan", "running");
    cluster.lose(cluster.spare(0));
    page.awaitText("#one", "Waits for shard");
    page.awaitText("#one .badge", "holding");
    page.picture("holding");
    assertEquals(List.of(), page.driver.findElements(By.cssSelector("progress:indeterminate")));
    page.press("#one", "Retry");
    page.confirm();
    page.press("#one", "Cancel");
    page.driver.findElement(By.id("field-keep")).click();
    page.type("typed", "3");
    page.confirm();
    page.awaitText("#one", "It is being taken back; the copies are kept");
    page.press("#plan", "Cancel");
    page.confirm();
    page.awaitText("#plan", "cancelled");
  }

  @Test
  @Order(4)
  void aMemberIsReplacedAndMoves() {
    page.open(member(), "members");
    page.press("#members tbody tr:nth-child(3)", "Replace");
    page.type("id", "c9");
    page.type("raft", "127.0.0.1:9");
    page.type("http", "http://127.0.0.1:9");
    page.type("typed", "c3");
    page.confirm();
    page.awaitText("#change", "c9");
    page.press("#members tbody tr:last-child", "Remove");
    page.type("typed", "c9");
    page.confirm();
    page.awaitText("#change", "No change is under way");
    String before = cluster.members().get(2).http().toString();
    move(before.replace("127.0.0.1", "localhost"));
    page.awaitText("#change", "c3");
    move(before);
    page.awaitText("#change", "No change is under way");
  }

  @Test
  @Order(5)
  void growthIsAdvisedByThePolicyThatIsPut() throws Exception {
    page.open(member(), "settings");
    page.press("#growth", "Change the policy");
    page.type("mode", "always");
    page.type("high", "10");
    page.type("standby", cluster.spare(1));
    assertEquals("it must be off, advice or automatic", page.obstacle());
    page.type("mode", "advice");
    assertEquals(List.of(), page.findings());
    page.confirm();
    page.awaitText("#growth", cluster.spare(1));
    page.picture("growth");
    page.go("overview");
    page.awaitText("#health", "more than 10 points");
  }

  private void move(String url) {
    page.press("#members tbody tr:nth-child(3)", "Change address");
    page.type("http", url);
    page.confirm();
    page.awaitText("#members tbody tr:nth-child(3)", url);
  }
}
