// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.quiver;

/**
 * What one request may ask of a node ({@code QUIVER_MAX_*}). Each shard has its own.
 *
 * @param batch points in one request to {@code /points}
 * @param bulk points in one request to {@code /points:bulk}
 * @param fetch rows in one page
 * @param matches matches of one search
 * @param bodyBytes length of a request body
 * @param payloadBytes length of one payload, in the form in which it is kept
 * @param dimension numbers in a vector
 */
public record Limits(
    int batch, int bulk, int fetch, int matches, int bodyBytes, int payloadBytes, int dimension) {
  /** What Quiver ships with. */
  public static final Limits DEFAULT =
      new Limits(1_000, 50_000, 10_000, 10_000, 32 << 20, 64 << 10, 8_192);

  void checkBatch(int points) {
    check("batch of " + points, points, batch, "BATCH_SIZE");
  }

  void checkBulk(int points) {
    check("bulk batch of " + points, points, bulk, "BULK_BATCH_SIZE");
  }

  void checkFetch(long limit) {
    check("limit (" + limit + ")", limit, fetch, "FETCH_LIMIT");
  }

  void checkMatches(long k) {
    check("k (" + k + ")", k, matches, "K");
  }

  void checkDimension(long dim) {
    check("dimension (" + dim + ")", dim, dimension, "VECTOR_DIM");
  }

  void checkPayload(int bytes) {
    check("payload of " + bytes + " bytes", bytes, payloadBytes, "PAYLOAD_BYTES");
  }

  private static void check(String what, long asked, int most, String variable) {
    if (asked > most) {
      throw QuiverError.badRequest(
          what + " exceeds the maximum of " + most + " (raise QUIVER_MAX_" + variable + ")");
    }
  }
}
