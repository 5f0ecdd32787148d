// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A cluster and a browser, which all tests of a class use. */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OpenConsole {
  /** A migration is to be looked at while it runs, and to wait for nothing that it need not. */
  private static final String WITHOUT_KEYS =
      """
      auth: { insecure: true }
      migration: { request_drain: 1s, data_timeout: 1s, throttle_points_per_second: 150 }
      shards: { request_timeout: 1s }
      """;

  private final int nodes;
  private final String extra;
  private final int points;

  Path downloads;
  ConsoleCluster cluster;
  Page page;

  /** Three members without keys. */
  OpenConsole() {
    this(3, WITHOUT_KEYS, 3_000);
  }

  /**
   * Another cluster.
   *
   * @param nodes members
   * @param extra lines of their configurations
   * @param points how many are loaded; 0: not even their collection is created
   */
  OpenConsole(int nodes, String extra, int points) {
    this.nodes = nodes;
    this.extra = extra;
    this.points = points;
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    downloads = Files.createDirectories(folder.resolve("downloads"));
    page = new Page(downloads);
    cluster = ConsoleCluster.start(folder.resolve("cluster"), nodes, extra);
    if (points > 0) {
      cluster.load(points);
    }
    page.look(1_280, 860, false);
  }

  @AfterEach
  void theBrowserComplainsOfNothing() {
    assertEquals(List.of(), page.complaints());
  }

  @AfterAll
  void end() {
    if (cluster != null) {
      cluster.close();
    }
    if (page != null) {
      page.close();
    }
  }

  /** Where the first member serves its console. */
  URI member() {
    return cluster.members().get(0).http();
  }
}
