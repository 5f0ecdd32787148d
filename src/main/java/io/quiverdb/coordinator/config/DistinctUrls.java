// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.Section.Field;
import io.quiverdb.coordinator.model.HttpUrl;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** URLs that all name different endpoints. */
final class DistinctUrls {
  private final Map<String, String> placesByIdentity = new TreeMap<>();

  /** The URL as it goes into the state: trimmed. */
  String add(Field field, String text) throws ConfigException {
    Optional<HttpUrl> url = HttpUrl.parse(text);
    if (url.isEmpty()) {
      throw field.error(
          "\"" + shown(text) + "\" is no URL of a shard or router; wanted http://host:port");
    }
    String other = placesByIdentity.putIfAbsent(url.get().identity(), field.path());
    if (other != null) {
      throw field.error(url.get().text() + " is in " + other + " already");
    }
    return url.get().text();
  }

  private static String shown(String text) {
    String bare = ShownConfig.withoutUser(text);
    return bare.length() <= 100 ? bare : bare.substring(0, 100) + "...";
  }
}
