// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;

/** An operator watches and changes a cluster, from the first page to the loss of its quorum. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleIT extends OpenConsole {
  private static final List<String> SCREENS =
      List.of(
          "overview",
          "members",
          "shards",
          "routers",
          "migrations",
          "migrations/1",
          "history",
          "settings");

  /** Every character of a URL's path that a shell or a page might interpret. */
  private static final String HOSTILE = "http://127.0.0.1:9/'onload=alert(1);$(reboot)&[x]=~!*";

  private static final String MARKUP = "<img src=x onerror=window.hacked=1>";

  private MemberProcess follower() {
    MemberProcess leader = cluster.leader();
    return cluster.members().stream()
        .filter(member -> member.alive() && !member.id().equals(leader.id()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(1)
  void theOverviewSaysThatAllIsWell() throws Exception {
    page.driver.get(member() + "/");
    page.awaitText("#health", "Healthy");
    assertTrue(page.driver.getCurrentUrl().contains("/console"), page.driver.getCurrentUrl());
    page.awaitText("#health", "survives the loss of 1 more member");
    page.awaitText("#health", "3,000");
    page.awaitText("#changes", "bootstrap");
    page.awaitText("header", "live");
    page.picture("overview");
  }

  @Test
  @Order(2)
  void aPausedPageAgesAndGoesOn() {
    page.press("header", "Pause");
    page.awaitText("header", "paused");
    page.awaitText("header", "as of 3 s ago, paused");
    page.press("header", "Continue");
    page.awaitText("header", "live");
  }

  @Test
  @Order(3)
  void aGrowIsTriedWatchedSlowedPausedAndEnded() throws Exception {
    page.open(follower().http(), "shards");
    page.awaitText("#shards", "the ideal share is 33.3%");
    page.picture("shards");
    page.press("#shards", "Grow");
    page.type("url", cluster.spare(0));
    assertEquals("make the dry run first", page.obstacle());
    page.cutOff("dry_run=true", true);
    page.press("dialog", "Dry run");
    page.awaitText("dialog .note.bad", "the member does not answer");
    assertFalse(page.text("dialog").contains("repeat"), "nothing was sent that could be done");
    page.cutOff("dry_run=true", false);
    page.press("dialog", "Dry run");
    page.awaitText("dialog", "would be accepted");
    page.cutOff("shards/grow", true);
    page.press("dialog form", "Grow");
    page.awaitText("dialog .note.bad", "To repeat it here is safe");
    page.cutOff("shards/grow", false);
    page.picture("dry-run");
    page.confirm();
    page.go("migrations");
    page.awaitText("#one", "grow of shard 3");
    page.awaitText("#one [aria-current]", "COPYING");
    page.press("#one", "Throttle");
    page.type("rate", "100");
    page.confirm();
    page.awaitText("#one", "100 points a second");
    page.awaitThat(
        "a copy on its way", () -> page.text("#one .summary").matches("(?s).*[1-9][0-9]* of .*"));
    page.picture("migrations");
    page.press("#one", "Pause");
    page.confirm();
    page.awaitText("#one", "paused");
    page.press("#one", "Resume");
    page.confirm();
    page.press("#one", "Throttle");
    page.type("rate", "0");
    page.confirm();
    page.awaitText("#all", "done");
  }

  @Test
  @Order(4)
  void aDrainWantsTheShardsIdAndCanBeTakenBack() {
    page.go("shards");
    page.awaitText("#shards", "the ideal share is 25.0%");
    page.press("#shards tbody tr:nth-child(2)", "Drain");
    page.press("dialog", "Dry run");
    page.awaitText("dialog", "would be accepted");
    assertEquals("type the shard's id first", page.obstacle());
    page.type("typed", "2");
    assertEquals("type the shard's id first", page.obstacle());
    page.type("typed", "1");
    page.confirm();
    page.go("migrations/2");
    page.awaitText("#one [aria-current]", "COPYING");
    page.press("#one", "Cancel");
    page.type("typed", "1");
    page.confirm();
    page.awaitText("#one", "reverted");
  }

  @Test
  @Order(5)
  void theDataIsVerifiedAndAnAddressThatHasNoDataIsRefused() {
    page.go("shards");
    page.press("#check", "Verify");
    page.type("rate", "0");
    page.confirm();
    page.awaitText("#check", "no stray was found");
    page.press("#shards tbody tr:nth-child(3)", "Change URL");
    page.type("url", cluster.spare(1));
    page.press("dialog", "Dry run");
    page.awaitText("dialog", "would be refused");
    page.type("typed", "2");
    assertTrue(page.obstacle().startsWith("a check failed"), page.obstacle());
    page.close("Close");
  }

  @Test
  @Order(5)
  void replicasAndRoutersComeAndGo() throws Exception {
    page.go("shards");
    page.press("#shards tbody tr:first-child", "Add a replica");
    page.type("url", cluster.spare(1));
    page.confirm();
    page.awaitText("#shards", cluster.spare(1));
    page.press("#shards tbody tr:first-child", "Remove");
    page.type("typed", "0");
    page.confirm();
    page.go("routers");
    page.press("#routers", "Register a router");
    page.type("url", HOSTILE);
    page.confirm();
    page.awaitText("#routers", HOSTILE);
    page.picture("routers");
    page.press("#routers tbody tr:last-child", "Remove");
    assertEquals("type the router's URL first", page.obstacle());
    page.type("typed", HOSTILE);
    page.confirm();
    page.awaitThat("it is gone", () -> !page.text("#routers").contains(HOSTILE));
  }

  @Test
  @Order(6)
  void foreignTextStaysText() throws Exception {
    assertEquals(
        400, cluster.post("/cluster/shards", "{\"primary_url\":\"http://" + MARKUP + "\"}"));
    page.go("history");
    page.awaitText("#history", MARKUP);
    assertEquals(List.of(), page.driver.findElements(By.cssSelector("main img")));
    assertEquals(Boolean.TRUE, page.driver.executeScript("return window.hacked === undefined"));
    Object quoted =
        page.driver.executeAsyncScript(
            "const [url, done] = arguments; import(new URL('console/text.js', document.baseURI))"
                + ".then(text => done(text.shellLine(['add', url])))",
            HOSTILE);
    assertEquals("add '" + HOSTILE.replace("'", "'\\''") + "'", quoted);
  }

  @Test
  @Order(7)
  void theHistoryIsFilteredByItsAddress() throws Exception {
    page.open(follower().http(), "history?kind=register_router");
    page.awaitText("#history", "1 of ");
    assertTrue(!page.text("#history tbody").contains("start_migration"));
    page.driver.findElement(By.cssSelector("#filter-text")).sendKeys("onload");
    page.awaitText("#history", "1 of ");
    assertTrue(page.driver.getCurrentUrl().endsWith("#/history?kind=register_router&text=onload"));
    page.press("#history", "Export CSV");
    Path file = downloads.resolve("history.csv");
    page.awaitThat("the export", () -> Files.exists(file));
    assertEquals(2, Files.readAllLines(file).size());
    page.press("#history", "Clear");
    page.awaitText("#history tbody", "start_migration");
    page.picture("history");
  }

  @Test
  @Order(8)
  void membersAreAddedRemovedAndLead() {
    page.open(follower().http(), "members");
    page.awaitText("#members", "c3");
    page.press("#members", "Add a member");
    page.type("id", "c4");
    page.type("raft", "127.0.0.1:9");
    page.type("http", "http://127.0.0.1:9");
    page.confirm();
    page.awaitText("#change", "member c4");
    page.press("#members tbody tr:nth-child(4)", "Remove");
    page.type("typed", "c4");
    page.confirm();
    page.awaitText("#change", "No change is under way");
    String next = follower().id();
    int row = Integer.parseInt(next.substring(1));
    page.press("#members tbody tr:nth-child(" + row + ")", "Let it lead");
    page.confirm();
    page.awaitText("#members tbody tr:nth-child(" + row + ")", "leader");
  }

  @Test
  @Order(9)
  void theSettingsAreInForceAndTheBackupIsOne() throws Exception {
    page.open(follower().http(), "settings");
    page.awaitText("#keys", "serves everybody without a key");
    page.awaitText("#configuration", "migration.throttle_points_per_second");
    page.press("#backup", "Download a backup");
    page.awaitThat(
        "the backup",
        () ->
            List.of(downloads.toFile().list()).stream()
                .anyMatch(name -> name.matches("backup-c.*json")));
    page.cutOff("cluster/backup", true);
    page.press("#backup", "Download a backup");
    page.awaitText("#backup [role=alert]", "the member does not answer");
    page.cutOff("cluster/backup", false);
    page.press("#backup", "Download a backup");
    page.awaitThat("the note is gone", () -> page.text("#backup [role=alert]").isEmpty());
    page.picture("settings");
    page.press("#security", "JSON");
    page.awaitText("dialog", "\"cluster_id\"");
    page.close("Close");
  }

  @ParameterizedTest
  @Order(10)
  @CsvSource({"1600, false", "1600, true", "390, false", "390, true"})
  void everyScreenIsUsable(int width, boolean dark) throws Exception {
    page.look(width, 900, dark);
    page.open(follower().http(), "overview");
    for (String screen : SCREENS) {
      page.go(screen);
      page.awaitScreen(screen);
      assertEquals(List.of(), page.findings(), screen + " at " + width + (dark ? ", dark" : ""));
      assertTrue(page.overflow() <= 0, screen + " is too wide at " + width);
    }
    page.go("shards");
    page.press("#shards tbody tr:first-child", "Drain");
    assertEquals(List.of(), page.findings(), "the dialog at " + width);
    assertTrue(page.overflow() <= 0, "the dialog is too wide");
    page.close("Close");
    page.go("overview");
    page.awaitText("#health", "Healthy");
    page.picture((width == 390 ? "narrow" : "wide") + (dark ? "-dark" : "-light"));
    page.look(1_280, 860, false);
  }

  @Test
  @Order(11)
  void theKeyboardIsEnough() {
    page.open(follower().http(), "overview");
    page.awaitText("#health", "Healthy");
    assertTrue(Keyboard.reaches(page, "nav a[href='#/shards']"));
    Keyboard.enter(page);
    page.awaitText("#shards", "Map version");
    assertTrue(Keyboard.reaches(page, "#shards .tools button"));
    Keyboard.enter(page);
    page.awaitText("dialog", "Grow: add a shard");
    Keyboard.escape(page);
    assertEquals(
        "Grow",
        page.driver.executeScript("return document.activeElement.textContent"),
        "the focus returns to where it was");
  }

  @Test
  @Order(12)
  void thePageFollowsANewLeaderAndOutlivesItsOwnMember() throws Exception {
    MemberProcess leader = cluster.leader();
    page.open(follower().http(), "overview");
    page.awaitText("header", "leader " + leader.id());
    leader.kill();
    page.awaitThat(
        "another leader",
        () ->
            page.text(".who").matches("(?s).*leader.*")
                && !page.text(".who").contains("leader " + leader.id())
                && !page.text(".who").contains("no leader"));
    page.awaitText("#alarms", "member_unreachable");
    page.picture("alarms");
    MemberProcess second = cluster.leader();
    page.open(second.http(), "members");
    page.awaitText("#members", "not healthy");
    second.kill();
    page.awaitText("main .note.bad", "does not answer");
    MemberProcess last =
        cluster.members().stream().filter(MemberProcess::alive).findFirst().orElseThrow();
    page.awaitText("main .note.bad", "console of " + last.id());
    page.driver.findElement(By.linkText("console of " + last.id())).click();
    page.awaitThat(
        "the other page",
        () -> page.driver.getCurrentUrl().startsWith(last.http() + "/console#/members"));
    page.awaitText("main .note.bad", "knows of no leader");
    assertTrue(
        page.button("#members", "Add a member").getAttribute("title").contains("no member leads"));
    page.picture("no-quorum");
  }
}
