<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge;

/**
 * The limits of the shim, each with its reason. Those marked "bridge" are part of bridge/README.md.
 */
final class Limits
{
    /** bridge: protocol number of this shim. */
    const PROTOCOL = 1;
    /** Version of these files; each item carries it. */
    const VERSION = '0.1.0';

    /** bridge: the largest message. */
    const BODY_BYTES = 262144;
    /** bridge: items in one message. */
    const BATCH_ITEMS = 100;
    /** bridge: members in `data`. */
    const DATA_MEMBERS = 64;
    /** bridge: fields are ids, amounts, statuses and flags; a longer text is none of these and is not sent. */
    const FIELD_CHARACTERS = 255;
    /** bridge: seconds a signed message may be old or ahead. */
    const TOLERANCE_SECONDS = 300;
    /** A reply with a whole page fits well; a larger one is invalid and must not fill PHP's memory. */
    const REPLY_BYTES = 2097152;

    /** The service is near (loopback, socket) or behind https; if connecting takes longer, the service is down. */
    const CONNECT_MS = 500;
    /** bridge: the longest delay of a page by an inline hook. */
    const INLINE_MS = 1000;
    /** bridge: the longest wait of a checkout for a veto. */
    const VETO_MS = 3000;
    /** A batch of 100 that takes longer is sent again later. */
    const BATCH_MS = 15000;
    /** The longest wait of an admin or client for a page. */
    const PAGE_MS = 8000;
    /** One step of planning a run: a range of clients. */
    const RUN_MS = 30000;

    /** Sending after the page occupies one PHP process; a call that begins within this time may take a second more. */
    const AFTER_PAGE_SECONDS = 5;
    /** bridge: how long the doorbell works. */
    const DOORBELL_SECONDS = 20;
    /** bridge: AfterCronJob runs every five minutes and must end well before the next. */
    const AFTER_CRON_SECONDS = 60;
    /** bridge: due work must be done before WHMCS captures and suspends. */
    const PRE_CRON_SECONDS = 600;
    /** The day is closed after WHMCS's own work. */
    const DAILY_CRON_SECONDS = 600;
    /** bridge: after a POST the admin sees the effect. */
    const AFTER_POST_SECONDS = 5;

    /** bridge: a client who is missing may have been merged, or come back; after this time texts are erased. */
    const GONE_HOURS = 12;

    /** Commands run inside one inline hook: an invoice needs one or two. */
    const INLINE_COMMANDS = 10;
    /** An inline hook starts no command later than this: the page is waiting. */
    const INLINE_COMMANDS_SECONDS = 5;
    /** design §7.1: after so many attempts an admin must look. */
    const COMMAND_ATTEMPTS = 5;
    /**
     * bridge: a transfer's second half, and the way back after it, may wait so long for a frozen client. Until then its
     * commands are needed, whatever the service says.
     */
    const COMMANDS_KEPT_DAYS = 400;
    /** A lease outlives the slowest statement, but not a provisioning; GET_LOCK covers that. */
    const LEASE_SECONDS = 60;
    /** How long a sender keeps the rows it took: the slowest call and its clean-up. */
    const SPOOL_LEASE_SECONDS = 45;
    /** design §12: after this time the admin is told that no credit is applied. */
    const BACKLOG_ALERT_SECONDS = 900;
}
