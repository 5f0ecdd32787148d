// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.console;

import io.quiverdb.coordinator.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A file of the pages, as it is served.
 *
 * @param name in the folder of the pages
 * @param type its media type
 * @param bytes not to be changed
 * @param etag of these bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Asset(String name, String type, byte[] bytes, String etag) {
  /** The page itself. */
  static final String PAGE = "index.html";

  /** The served files; no other file is served. */
  static final List<String> NAMES =
      List.of(
          PAGE,
          "action.js",
          "api.js",
          "app.js",
          "backups.js",
          "banners.js",
          "changes.js",
          "checks.js",
          "commands.js",
          "dialog.js",
          "dom.js",
          "dryrun.js",
          "feed.js",
          "file.js",
          "given.js",
          "growth.js",
          "header.js",
          "history.js",
          "icon.svg",
          "json.js",
          "login.js",
          "members.js",
          "migration.js",
          "migrations.js",
          "overview.js",
          "parts.css",
          "parts.js",
          "plans.js",
          "rights.js",
          "routers.js",
          "settings.js",
          "shards.js",
          "steering.js",
          "stream.js",
          "style.css",
          "text.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /** All of them, by name. */
  static Map<String, Asset> all() {
    return NAMES.stream().collect(Collectors.toUnmodifiableMap(name -> name, Asset::read));
  }

  private static Asset read(String name) {
    try (InputStream file = Asset.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("the file " + name + " of the console is missing");
      }
      byte[] bytes = file.readAllBytes();
      return new Asset(
          name,
          String.valueOf(TYPES.get(name.substring(name.lastIndexOf('.') + 1))),
          bytes,
          '"' + HexFormat.of().formatHex(Sha256.of(bytes), 0, 16) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + name + " of the console cannot be read", e);
    }
  }
}
