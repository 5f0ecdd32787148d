// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of the pages: all are served, none comes from elsewhere, and none parses markup. */
class AssetTest {
  private static final Path FOLDER =
      Path.of("src/main/resources/io/quiverdb/coordinator/api/console");
  private static final Pattern IMPORT = Pattern.compile("from '([^']+)'");
  private static final Pattern NAMED = Pattern.compile("(?:src|href)=\"(?!#)([^\"]+)\"");

  /** What would run or show a text as code or markup, or keep a key beyond the tab. */
  private static final List<String> FORBIDDEN =
      List.of(
          "innerHTML",
          "outerHTML",
          "insertAdjacentHTML",
          "document.write",
          "eval(",
          "new Function",
          "localStorage",
          "indexedDB",
          "document.cookie",
          "EventSource",
          "console.log");

  @Test
  void whatIsThereIsServed() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertEquals(
          new TreeSet<>(files.map(file -> file.getFileName().toString()).toList()),
          new TreeSet<>(Asset.NAMES));
    }
    assertEquals(Asset.NAMES.size(), Asset.all().size());
  }

  @Test
  void eachHasATypeAndATagOfItsOwn() {
    Set<String> tags = new TreeSet<>();
    for (Asset asset : Asset.all().values()) {
      assertTrue(
          asset.type().matches("(text/(html|javascript|css); charset=utf-8|image/svg\\+xml)"));
      assertTrue(asset.etag().matches("\"[0-9a-f]{32}\""), asset.etag());
      assertTrue(tags.add(asset.etag()), asset.name());
    }
  }

  @Test
  void whatIsNamedIsServed() throws IOException {
    Map<String, String> missing = new TreeMap<>();
    for (String name : Asset.NAMES) {
      Matcher imports = IMPORT.matcher(text(name));
      while (name.endsWith(".js") && imports.find()) {
        if (!imports.group(1).startsWith("./")
            || !Asset.NAMES.contains(imports.group(1).substring(2))) {
          missing.put(name, imports.group(1));
        }
      }
    }
    Matcher named = NAMED.matcher(text(Asset.PAGE));
    while (named.find()) {
      if (!Asset.NAMES.contains(named.group(1).replaceFirst("^console/", ""))) {
        missing.put(Asset.PAGE, named.group(1));
      }
    }
    assertEquals(Map.of(), missing);
  }

  @Test
  void nothingComesFromElsewhere() throws IOException {
    for (String name : Asset.NAMES) {
      String foreign = text(name).replace("http://www.w3.org/2000/svg", "");
      assertEquals(List.of(), found(foreign, "https?://[a-z0-9]|url\\(|@import"), name);
    }
  }

  @Test
  void nothingIsInline() throws IOException {
    String page = text(Asset.PAGE);
    assertEquals(List.of(), found(page, "<style|<script(?![^>]* src=)|\\son[a-z]+=|\\sstyle="));
  }

  @Test
  void textNeverBecomesMarkupAndKeysAreNotKept() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (String name : Asset.NAMES) {
      for (String forbidden : FORBIDDEN) {
        if (withoutComments(text(name)).contains(forbidden)) {
          found.put(name, forbidden);
        }
      }
    }
    assertEquals(Map.of(), found);
  }

  @Test
  void eachIsShort() throws IOException {
    for (String name : Asset.NAMES) {
      assertTrue(text(name).lines().count() <= 400, name);
      assertTrue(text(name).contains("SPDX-License-Identifier") || name.endsWith(".svg"), name);
    }
  }

  private static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(hit -> hit.group()).toList();
  }

  private static String withoutComments(String text) {
    return text.replaceAll("(?m)^\\s*(//|\\*|/\\*).*$", "");
  }

  private static String text(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name));
  }
}
