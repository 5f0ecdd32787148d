// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads parameters of paths and queries. An error names the parameter. */
public final class Parameters {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m)?");

  private Parameters() {}

  /** The shard id in the path. */
  public static long shardId(Context ctx) {
    return u64("the shard id", ctx.pathParam("id"));
  }

  /** The id of the migration in the path. */
  public static long migrationId(Context ctx) {
    return u64("the migration id", ctx.pathParam("id"));
  }

  /** The id of the check in the path. */
  public static long checkId(Context ctx) {
    return u64("the check id", ctx.pathParam("id"));
  }

  /** The id of the backup in the path. */
  public static long backupId(Context ctx) {
    return u64("the backup id", ctx.pathParam("id"));
  }

  /** The id of the plan in the path. */
  public static long planId(Context ctx) {
    return u64("the plan id", ctx.pathParam("id"));
  }

  /** An unsigned 64-bit number; {@code name} is for the refusal. */
  public static long u64(String name, String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new ApiException(
          Fault.BAD_REQUEST, name + ": wanted a whole number from 0 to 18446744073709551615");
    }
  }

  /** The same of the query, or {@code absent}. */
  public static long u64Or(Context ctx, String name, long absent) {
    return Query.value(ctx, name).map(text -> u64(name, text)).orElse(absent);
  }

  /** True if the parameter is {@code true} or has no value; false if it is missing. */
  public static boolean flag(Context ctx, String name) {
    return Query.isSet(name, Query.value(ctx, name));
  }

  /** A required parameter. */
  public static String required(Context ctx, String name) {
    return Query.value(ctx, name)
        .orElseThrow(() -> new ApiException(Fault.BAD_REQUEST, name + ": is missing"));
  }

  /** A time such as {@code 30s}, {@code 500ms} or {@code 1m}; a bare number counts seconds. */
  public static Duration durationOr(Context ctx, String name, Duration absent) {
    Optional<String> text = Query.value(ctx, name);
    if (text.isEmpty()) {
      return absent;
    }
    Matcher matcher = DURATION.matcher(text.get());
    if (!matcher.matches()) {
      throw new ApiException(Fault.BAD_REQUEST, name + ": wanted a time such as 30s, 500ms or 1m");
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    if ("ms".equals(unit)) {
      return Duration.ofMillis(number);
    }
    return "m".equals(unit) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
  }
}
