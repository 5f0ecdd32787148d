// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.auth;

import io.quiverdb.coordinator.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The API keys of a member. Secrets are stored as digests only and compared in constant time, so
 * response times reveal nothing. Thread-safe.
 */
public final class Keys {
  private static final String SCHEME = "Bearer ";
  private static final Caller ANYBODY = new Caller("anonymous", Role.ADMIN);

  private volatile List<Key> keys;

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Key(byte[] digest, Caller caller) {}

  /**
   * A configured key.
   *
   * @param id its name in the history
   * @param secret the secret that callers present; not stored
   * @param role what it may do
   */
  public record Configured(String id, String secret, Role role) {
    @Override
    public String toString() {
      return id + " (" + role + ")";
    }
  }

  private Keys(List<Key> keys) {
    this.keys = keys;
  }

  /** Accepts these keys. Without any, every caller is admin, with the id {@code anonymous}. */
  public static Keys of(List<Configured> configured) {
    List<Key> keys = new ArrayList<>();
    for (Configured key : configured) {
      keys.add(new Key(digest(key.secret()), new Caller(key.id(), key.role())));
    }
    return new Keys(List.copyOf(keys));
  }

  /**
   * Authenticates an {@code Authorization} header (RFC 6750, section 2.1).
   *
   * @return empty if keys are configured and this is none of them
   */
  public Optional<Caller> authenticate(@Nullable String authorization) {
    if (keys.isEmpty()) {
      return Optional.of(ANYBODY);
    }
    Optional<String> secret = presented(authorization);
    if (secret.isEmpty()) {
      return Optional.empty();
    }
    byte[] presented = digest(secret.get());
    Optional<Caller> caller = Optional.empty();
    for (Key key : keys) {
      // No early exit: the response time must not reveal the place of a key in the list.
      if (MessageDigest.isEqual(key.digest(), presented)) {
        caller = Optional.of(key.caller());
      }
    }
    return caller;
  }

  /**
   * Names the caller of a header without showing the key, as Quiver's audit log does: {@code key:}
   * and eight bytes of the key's SHA-256.
   *
   * @return empty if it has no key
   */
  public static Optional<String> fingerprint(@Nullable String authorization) {
    return presented(authorization)
        .map(secret -> "key:" + HexFormat.of().formatHex(digest(secret), 0, 8));
  }

  private static Optional<String> presented(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.of(authorization.substring(SCHEME.length()).strip())
        : Optional.empty();
  }

  /**
   * Gives a key another secret; the old secret is not accepted any more.
   *
   * @return false, and nothing is changed, if another key has that secret already
   */
  public synchronized boolean renew(String id, String secret) {
    byte[] digest = digest(secret);
    List<Key> renewed = new ArrayList<>();
    for (Key key : keys) {
      boolean meant = key.caller().keyId().equals(id);
      if (!meant && MessageDigest.isEqual(key.digest(), digest)) {
        return false;
      }
      renewed.add(meant ? new Key(digest, key.caller()) : key);
    }
    keys = List.copyOf(renewed);
    return true;
  }

  /**
   * The callers with a key, in the order of the configuration; none if every caller is accepted.
   */
  public List<Caller> callers() {
    return keys.stream().map(Key::caller).toList();
  }

  /** Whether no keys are configured, so that every caller is accepted. */
  public boolean open() {
    return keys.isEmpty();
  }

  private static byte[] digest(String secret) {
    return Sha256.of(secret.getBytes(StandardCharsets.UTF_8));
  }
}
