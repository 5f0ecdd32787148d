// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.quiverdb.coordinator.codec.JsonValues;
import io.quiverdb.coordinator.model.Outcome.Rejected;
import io.quiverdb.coordinator.model.Refusal;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place that decides status and problem document of a failed request. */
public final class ErrorMapper {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);
  private static final Map<String, String> RETRY = Map.of("Retry-After", "1");

  private ErrorMapper() {}

  /** The cause inside the wrapper of a future. */
  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** The problem document of any failure; a failure that is a defect is logged. */
  public static Problem problem(Throwable failure) {
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return problem(failure.getCause());
    }
    if (failure instanceof ApiException api) {
      return fault(api.fault(), api.detail(), api.members());
    }
    if (failure instanceof RefusedException refused) {
      return refusal(refused);
    }
    if (failure instanceof MethodNotAllowedResponse wrongMethod) {
      return new Problem(
          405,
          "Method Not Allowed",
          "this route does not take this method",
          Map.of(),
          Map.of("Allow", allowed(wrongMethod)));
    }
    if (failure instanceof HttpResponseException http) {
      return http.getStatus() == 404
          ? fault(Fault.UNKNOWN_ROUTE, "there is no such route", Map.of())
          : new Problem(
              http.getStatus(), "Request Refused", http.getMessage() + "", Map.of(), Map.of());
    }
    LOG.error("a request failed for a reason that is a defect", failure);
    return fault(Fault.INTERNAL, "the coordinator has a defect; its log says more", Map.of());
  }

  /** A route that accepts GET also accepts HEAD. */
  private static String allowed(MethodNotAllowedResponse wrongMethod) {
    String methods = wrongMethod.getDetails().getOrDefault("availableMethods", "GET");
    return methods.matches(".*\\bGET\\b.*") && !methods.contains("HEAD")
        ? methods.replaceFirst("\\bGET\\b", "GET, HEAD")
        : methods;
  }

  /** The problem document of a fault. */
  public static Problem fault(Fault fault, String detail, Map<String, Object> members) {
    return switch (fault) {
      case BAD_REQUEST -> plain(400, "Bad Request", detail, members);
      case UNAUTHENTICATED ->
          new Problem(401, "Unauthorized", detail, members, Map.of("WWW-Authenticate", "Bearer"));
      case FORBIDDEN -> plain(403, "Forbidden", detail, members);
      case UNKNOWN_ROUTE, NOT_FOUND -> plain(404, "Not Found", detail, members);
      case WRONG_METHOD -> plain(405, "Method Not Allowed", detail, members);
      case TOO_SLOW -> plain(408, "Request Timeout", detail, members);
      case CONFLICT -> plain(409, "Conflict", detail, members);
      case TOO_LARGE -> plain(413, "Content Too Large", detail, members);
      case WRONG_CONTENT_TYPE -> plain(415, "Unsupported Media Type", detail, members);
      case WRONG_SHAPE -> plain(422, "Unprocessable Content", detail, members);
      case INTERNAL -> plain(500, "Internal Server Error", detail, members);
      case UNAVAILABLE -> new Problem(503, "Service Unavailable", detail, members, RETRY);
      case OUTCOME_UNKNOWN -> plain(504, "Outcome Unknown", detail, members);
    };
  }

  private static Problem refusal(RefusedException refused) {
    Rejected rejected = refused.rejected();
    int status = status(rejected.refusal(), refused.quiverRoute());
    Map<String, Object> members = new TreeMap<>();
    members.put("reason", rejected.refusal().wireName());
    if (rejected.refusal() == Refusal.VERSION_MISMATCH) {
      members.put("current_version", JsonValues.u64(rejected.mapVersion()));
    }
    refused.migration().ifPresent(id -> members.put("migration", JsonValues.u64(id)));
    Map<String, String> headers = new TreeMap<>();
    if (refused.replayed()) {
      headers.put(Headers.REPLAY, "true");
    }
    if (status == 503) {
      headers.putAll(RETRY);
    }
    return new Problem(status, title(status), rejected.detail(), members, headers);
  }

  private static int status(Refusal refusal, boolean quiverRoute) {
    return switch (refusal) {
      // The leader has changed and nothing was done: the next leader may accept it.
      case NOT_BOOTSTRAPPED, STALE_TERM, MEMBERS_NOT_RECORDED -> 503;
      case VERSION_MISMATCH -> 412;
      case IDEMPOTENCY_KEY_REUSED -> 422;
      case DUPLICATE_URL,
          BOOTSTRAP_MISMATCH,
          FORMAT_MISMATCH,
          INCARNATION_RETIRED,
          DUPLICATE_MEMBER,
          LAST_MEMBER,
          MEMBER_CHANGE_ACTIVE,
          WRONG_STEP,
          MIGRATION_ACTIVE,
          CHECK_ACTIVE,
          PLAN_ACTIVE,
          CHECK_ENDED,
          GROWTH_OBSTACLE,
          BACKUP_ACTIVE,
          BACKUP_ENDED,
          SWEEP_ACTIVE,
          NOT_SWEEPABLE,
          MANUAL_MEMBERSHIP,
          WRONG_PHASE,
          POINT_OF_NO_RETURN ->
          409;
      case UNKNOWN_SHARD,
          UNKNOWN_REPLICA,
          UNKNOWN_ROUTER,
          UNKNOWN_MIGRATION,
          UNKNOWN_CHECK,
          UNKNOWN_PLAN,
          UNKNOWN_BACKUP,
          UNKNOWN_MEMBER ->
          quiverRoute ? 400 : 404;
      case INVALID_URL,
          INVALID_MEMBER,
          INVALID_DESTINATION,
          SHARD_ID_TAKEN,
          LAST_SHARD,
          NOT_JOINING,
          STILL_JOINING,
          ALREADY_LEAVING,
          NOT_LEAVING,
          NO_ACTIVE_SHARD_LEFT,
          COUNTER_EXHAUSTED,
          LIMIT_REACHED,
          INVALID_MAP ->
          400;
    };
  }

  /** The title of a status without a fault. */
  public static String title(int status) {
    return switch (status) {
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 412 -> "Precondition Failed";
      case 414 -> "URI Too Long";
      case 422 -> "Unprocessable Content";
      case 426 -> "Upgrade Required";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> status < 500 ? "Bad Request" : "Server Error";
    };
  }

  private static Problem plain(
      int status, String title, String detail, Map<String, Object> members) {
    return new Problem(status, title, detail, members, Map.of());
  }
}
