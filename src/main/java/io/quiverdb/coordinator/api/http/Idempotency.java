// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import io.quiverdb.coordinator.command.IdempotencyKey;
import io.quiverdb.coordinator.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Reads the {@code Idempotency-Key} header, with a digest of its request. */
public final class Idempotency {
  private static final int FINGERPRINT_BYTES = 16;

  private Idempotency() {}

  /** The key of a request, with a digest of the request; empty if it has none. */
  public static Optional<IdempotencyKey> key(Context ctx) {
    String key = ctx.header(Headers.IDEMPOTENCY_KEY);
    if (key == null) {
      return Optional.empty();
    }
    if (key.isEmpty()
        || key.length() > IdempotencyKey.MAX_LENGTH
        || !key.chars().allMatch(c -> c >= 0x21 && c <= 0x7e)) {
      throw new ApiException(
          Fault.BAD_REQUEST,
          "Idempotency-Key: wanted 1 to "
              + IdempotencyKey.MAX_LENGTH
              + " visible ASCII characters");
    }
    return Optional.of(new IdempotencyKey(key, fingerprint(ctx)));
  }

  private static String fingerprint(Context ctx) {
    String head =
        ctx.req().getMethod()
            + '\n'
            + RequestTarget.of(ctx)
            + '\n'
            + EntityTags.ifMatch(ctx)
            + '\n';
    byte[] whole = Sha256.of(head.getBytes(StandardCharsets.UTF_8), Body.bytes(ctx));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOf(whole, FINGERPRINT_BYTES));
  }
}
