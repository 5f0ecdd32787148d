// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import io.quiverdb.coordinator.model.MapChange.Changed;
import io.quiverdb.coordinator.model.MapChange.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The versioned shard map that routers adopt, with every rule that changes it.
 *
 * <p>An accepted operation raises the version by exactly one, a refused one never does. The rules
 * are those of Quiver's own coordinator (docs/quiver-contract.md), with two that it lacks: a URL
 * must be http or https, and may be in the map only once.
 *
 * @param version unsigned 64-bit; what routers compare
 * @param shards in insertion order
 * @param joining ids of shards that take writes but no searches yet, in the order they joined
 * @param leaving ids of shards that are being emptied, in the order they were marked
 */
public record ShardMap(long version, List<Shard> shards, List<Long> joining, List<Long> leaving) {
  /** The most shards a map may have. */
  public static final int MAX_SHARDS = 4096;

  /** The most replicas a shard may have. */
  public static final int MAX_REPLICAS = 16;

  /** The most bytes of its JSON, with room for every shard's flags: 2 MiB. */
  public static final int MAX_BYTES = 2 << 20;

  /** The map before anything was bootstrapped: version 0, no shard. */
  public static final ShardMap EMPTY = new ShardMap(0, List.of(), List.of(), List.of());

  /** Copies the lists, so that the record is immutable. */
  public ShardMap {
    shards = List.copyOf(shards);
    joining = List.copyOf(joining);
    leaving = List.copyOf(leaving);
  }

  /** The shard with this id. */
  public Optional<Shard> shard(long id) {
    return shards.stream().filter(shard -> shard.id() == id).findFirst();
  }

  /** Whether the shard takes writes but no searches yet. */
  public boolean isJoining(long id) {
    return joining.contains(id);
  }

  /** Whether the shard is being emptied. */
  public boolean isLeaving(long id) {
    return leaving.contains(id);
  }

  /** This content under another version. */
  public ShardMap withVersion(long newVersion) {
    return new ShardMap(newVersion, shards, joining, leaving);
  }

  /** Adds a shard that serves at once. */
  public MapChange add(long id, String primaryUrl, List<String> replicaUrls) {
    return insert(id, primaryUrl, replicaUrls, joining);
  }

  /** Adds a shard that takes writes but no searches yet: one version step, not two. */
  public MapChange addJoining(long id, String primaryUrl, List<String> replicaUrls) {
    return insert(id, primaryUrl, replicaUrls, with(joining, id));
  }

  private MapChange insert(
      long id, String primaryUrl, List<String> replicaUrls, List<Long> newJoining) {
    if (shard(id).isPresent()) {
      return new Refused(
          Refusal.SHARD_ID_TAKEN, "a shard with id " + Unsigned.text(id) + " is in the map");
    }
    if (shards.size() >= MAX_SHARDS) {
      return new Refused(
          Refusal.LIMIT_REACHED, "the map has " + shards.size() + " shards, which is the limit");
    }
    Shard added = new Shard(id, primaryUrl.strip(), stripped(replicaUrls));
    Optional<Refused> refused = refuseUrls(added);
    return refused.isPresent() ? refused.get() : grown(append(shards, added), newJoining);
  }

  private Optional<Refused> refuseUrls(Shard added) {
    if (added.replicaUrls().size() > MAX_REPLICAS) {
      return Optional.of(
          new Refused(
              Refusal.LIMIT_REACHED,
              "replica_urls has "
                  + added.replicaUrls().size()
                  + " entries; a shard may have "
                  + MAX_REPLICAS
                  + " replicas"));
    }
    List<String> seen = new ArrayList<>();
    for (String text : added.urls()) {
      String field = seen.isEmpty() ? "primary_url" : "replica_urls";
      Optional<HttpUrl> url = HttpUrl.parse(text);
      if (url.isEmpty()) {
        return Optional.of(invalidUrl(field, text));
      }
      Optional<Refused> duplicate = refuseDuplicate(field, url.get());
      if (duplicate.isPresent()) {
        return duplicate;
      }
      if (seen.contains(url.get().identity())) {
        return Optional.of(
            new Refused(Refusal.DUPLICATE_URL, field + ": " + text + " is given twice"));
      }
      seen.add(url.get().identity());
    }
    return Optional.empty();
  }

  private Optional<Refused> refuseDuplicate(String field, HttpUrl url) {
    return shards.stream()
        .filter(shard -> shard.serves(url))
        .findFirst()
        .map(
            shard ->
                new Refused(
                    Refusal.DUPLICATE_URL,
                    field
                        + ": "
                        + url.text()
                        + " is already in the map, at shard "
                        + Unsigned.text(shard.id())));
  }

  /** Lets a joining shard serve searches. */
  public MapChange promote(long id) {
    if (!isJoining(id)) {
      return shard(id).isPresent()
          ? new Refused(Refusal.NOT_JOINING, "shard " + Unsigned.text(id) + " is not joining")
          : unknown(id);
    }
    return changed(shards, without(joining, id), leaving);
  }

  /** Removes a shard and its flags from the map. Its data stays where it is. */
  public MapChange remove(long id) {
    if (shard(id).isEmpty()) {
      return unknown(id);
    }
    if (shards.size() == 1) {
      return new Refused(
          Refusal.LAST_SHARD,
          "shard " + Unsigned.text(id) + " is the last one; add another one first");
    }
    return changed(
        shards.stream().filter(shard -> shard.id() != id).toList(),
        without(joining, id),
        without(leaving, id));
  }

  /** Starts to empty a shard: it owns no points from now on. */
  public MapChange markLeaving(long id) {
    if (shard(id).isEmpty()) {
      return unknown(id);
    }
    if (isJoining(id)) {
      return new Refused(Refusal.STILL_JOINING, "shard " + Unsigned.text(id) + " is joining");
    }
    if (isLeaving(id)) {
      return new Refused(
          Refusal.ALREADY_LEAVING, "shard " + Unsigned.text(id) + " is leaving already");
    }
    boolean anotherServes =
        shards.stream().anyMatch(s -> s.id() != id && !isJoining(s.id()) && !isLeaving(s.id()));
    if (!anotherServes) {
      return new Refused(
          Refusal.NO_ACTIVE_SHARD_LEFT,
          "no shard would be left that is neither joining nor leaving");
    }
    return changed(shards, joining, with(leaving, id));
  }

  /** Lets a leaving shard stay. */
  public MapChange cancelLeave(long id) {
    if (!isLeaving(id)) {
      return shard(id).isPresent()
          ? new Refused(Refusal.NOT_LEAVING, "shard " + Unsigned.text(id) + " is not leaving")
          : unknown(id);
    }
    return changed(shards, joining, without(leaving, id));
  }

  /** Lets a joining shard serve searches, and lists it first: one version step. */
  public MapChange promoteToFront(long id) {
    return placed(promote(id), id, 0);
  }

  /**
   * Starts to empty a shard, or continues with one that is leaving already, and lists it first: one
   * version step either way.
   */
  public MapChange leaveFromFront(long id) {
    return placed(
        new ShardMap(version, shards, joining, without(leaving, id)).markLeaving(id), id, 0);
  }

  /**
   * Lets a leaving shard stay, and returns it to its place in the list: one version step.
   *
   * @param place from 0; beyond the end of the list means its end
   */
  public MapChange stayAt(long id, int place) {
    return placed(cancelLeave(id), id, place);
  }

  /** Where in the list a shard stands, from 0; the length of the list if it does not. */
  public int placeOf(long id) {
    int place = 0;
    while (place < shards.size() && shards.get(place).id() != id) {
      place++;
    }
    return place;
  }

  private static MapChange placed(MapChange change, long id, int place) {
    if (!(change instanceof Changed changed)) {
      return change;
    }
    ShardMap map = changed.map();
    List<Shard> order = new ArrayList<>(map.shards);
    Shard moved = order.remove(map.placeOf(id));
    order.add(Math.max(0, Math.min(place, order.size())), moved);
    return new Changed(new ShardMap(map.version, order, map.joining, map.leaving));
  }

  /** Names a read replica of a shard. */
  public MapChange addReplica(long id, String url) {
    Optional<Shard> shard = shard(id);
    if (shard.isEmpty()) {
      return unknown(id);
    }
    Optional<HttpUrl> parsed = HttpUrl.parse(url);
    if (parsed.isEmpty()) {
      return invalidUrl("url", url);
    }
    Optional<Refused> duplicate = refuseDuplicate("url", parsed.get());
    if (duplicate.isPresent()) {
      return duplicate.get();
    }
    if (shard.get().replicaUrls().size() >= MAX_REPLICAS) {
      return new Refused(
          Refusal.LIMIT_REACHED,
          "shard " + Unsigned.text(id) + " has " + MAX_REPLICAS + " replicas, which is the limit");
    }
    return grown(
        withReplicas(shard.get(), append(shard.get().replicaUrls(), parsed.get().text())), joining);
  }

  /** Forgets a read replica of a shard. */
  public MapChange removeReplica(long id, String url) {
    Optional<Shard> shard = shard(id);
    if (shard.isEmpty()) {
      return unknown(id);
    }
    Optional<HttpUrl> wanted = HttpUrl.parse(url);
    List<String> kept =
        shard.get().replicaUrls().stream()
            .filter(text -> wanted.isEmpty() || !wanted.get().names(text))
            .toList();
    return kept.size() == shard.get().replicaUrls().size()
        ? new Refused(
            Refusal.UNKNOWN_REPLICA,
            "shard " + Unsigned.text(id) + " has no replica at " + shown(url))
        : changed(withReplicas(shard.get(), kept), joining, leaving);
  }

  /**
   * Gives a shard another address; it has the same points there.
   *
   * @param primaryUrl may be one of its replicas, which it is not any more then
   * @param replicaUrls its replicas from here on, without the primary that it leaves; empty: those
   *     that it has
   */
  public MapChange setUrl(long id, String primaryUrl, Optional<List<String>> replicaUrls) {
    Optional<Shard> shard = shard(id);
    if (shard.isEmpty()) {
      return unknown(id);
    }
    Optional<HttpUrl> primary = HttpUrl.parse(primaryUrl);
    if (primary.isEmpty()) {
      return invalidUrl("primary_url", primaryUrl);
    }
    if (primary.get().names(shard.get().primaryUrl())) {
      return new Refused(
          Refusal.DUPLICATE_URL,
          "primary_url: " + primary.get().text() + " is the primary of this shard already");
    }
    List<String> replicas =
        replicaUrls
            .map(ShardMap::stripped)
            .orElseGet(
                () ->
                    shard.get().replicaUrls().stream()
                        .filter(url -> !primary.get().names(url))
                        .toList());
    HttpUrl left = HttpUrl.parse(shard.get().primaryUrl()).orElseThrow();
    if (replicas.stream().anyMatch(left::names)) {
      return new Refused(
          Refusal.DUPLICATE_URL,
          "replica_urls: routers remember "
              + left.text()
              + " and write to it; name it later, when it answers writes with 403");
    }
    Shard set = new Shard(id, primary.get().text(), replicas);
    ShardMap others =
        new ShardMap(
            version, shards.stream().filter(one -> one.id() != id).toList(), joining, leaving);
    Optional<Refused> refused = others.refuseUrls(set);
    return refused.isPresent() ? refused.get() : grown(replaced(set), joining);
  }

  private List<Shard> withReplicas(Shard shard, List<String> urls) {
    return replaced(new Shard(shard.id(), shard.primaryUrl(), urls));
  }

  private List<Shard> replaced(Shard changed) {
    return shards.stream().map(other -> other.id() == changed.id() ? changed : other).toList();
  }

  /**
   * Validates a map from a file (an old state file, a backup).
   *
   * @return empty if it keeps every rule; else a sentence that names the place
   */
  public Optional<String> violation() {
    return MapViolation.of(this);
  }

  /** The lowest id above every shard's of the map; 0 if it has none. Unsigned. */
  public long lowestFreeId() {
    long free = 0;
    for (Shard shard : shards) {
      if (Long.compareUnsigned(shard.id(), free) >= 0) {
        free = shard.id() + 1;
      }
    }
    return free;
  }

  private MapChange grown(List<Shard> newShards, List<Long> newJoining) {
    return MapSize.fits(newShards)
        ? changed(newShards, newJoining, leaving)
        : new Refused(Refusal.LIMIT_REACHED, "the map would have " + MapSize.OVER);
  }

  private MapChange changed(List<Shard> newShards, List<Long> newJoining, List<Long> newLeaving) {
    return version == -1L
        ? new Refused(Refusal.COUNTER_EXHAUSTED, "the map version has no value left")
        : new Changed(new ShardMap(version + 1, newShards, newJoining, newLeaving));
  }

  private static Refused unknown(long id) {
    return new Refused(Refusal.UNKNOWN_SHARD, "no shard has id " + Unsigned.text(id));
  }

  private static Refused invalidUrl(String field, String text) {
    return new Refused(
        Refusal.INVALID_URL,
        text.isBlank()
            ? field + ": the URL is blank"
            : field
                + ": \""
                + shown(text)
                + "\" is no http or https URL of a shard"
                + " (wanted: http://host:port, without query or fragment)");
  }

  static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private static List<String> stripped(List<String> texts) {
    return texts.stream().map(String::strip).toList();
  }

  private static List<Long> with(List<Long> ids, long id) {
    return append(ids, id);
  }

  private static List<Long> without(List<Long> ids, long id) {
    return ids.stream().filter(other -> other != id).toList();
  }

  private static <T> List<T> append(List<T> list, T element) {
    List<T> longer = new ArrayList<>(list.size() + 1);
    longer.addAll(list);
    longer.add(element);
    return longer;
  }
}
