<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Signer;
use WHMCS\Module\Addon\Creditbridge\Database;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Schema;
use WHMCS\Module\Addon\Creditbridge\Settings;

/**
 * The service rings when there is work. The answer says only whether the caller is accepted. The body is not used
 * otherwise.
 */
final class Doorbell
{
    const ADDRESS = 'POST /modules/addons/creditbridge/doorbell.php';
    /** A ring carries no content. */
    const BODY_BYTES = 4096;

    /**
     * Whether this has the form of a ring of now: what can be said without WHMCS, its database and the secret.
     *
     * @param array $server $_SERVER
     */
    public static function mayBeRing(array $server, string $body, int $now): bool
    {
        $message = self::message($server);
        $refusal = Signer::refusal($message['id'], $message['timestamp'], '', $message['signature'], [], $now);

        return ($server['REQUEST_METHOD'] ?? '') === 'POST' && strlen($body) <= self::BODY_BYTES
            && strncmp($message['signature'], 'v1,', 3) === 0 && $refusal === 'signature-wrong'
            && (Json::decode($body)['to'] ?? '') === self::ADDRESS;
    }

    /**
     * Judges a message that may be a ring. A ring that was accepted is not accepted again.
     *
     * @param array $server $_SERVER
     * @return int the HTTP status: 204 (then work follows) or 401
     */
    public static function judge(array $server, string $body, Settings $settings): int
    {
        $now = time();
        $message = self::message($server);
        $refusal = Signer::refusal(
            $message['id'],
            $message['timestamp'],
            $body,
            $message['signature'],
            Secrets::of(Secrets::TO_WHMCS),
            $now
        );
        $isForUs = self::mayBeRing($server, $body, $now)
            && (Json::decode($body)['installation'] ?? '') === $settings->text('installation');

        return $refusal === '' && $isForUs && self::isFirst($message['id']) ? 204 : 401;
    }

    /** Keeps the id as long as its signature is valid. */
    private static function isFirst(string $id): bool
    {
        if (!Schema::isCurrent()) {
            return true;
        }
        Database::change('DELETE FROM mod_creditbridge_rings WHERE rung_at < UTC_TIMESTAMP(6) - INTERVAL '
            . 2 * Limits::TOLERANCE_SECONDS . ' SECOND');

        return Database::change(
            'INSERT IGNORE INTO mod_creditbridge_rings (id, rung_at) VALUES (?, UTC_TIMESTAMP(6))',
            [$id]
        ) === 1;
    }

    /** @return array{id: string, timestamp: string, signature: string} */
    private static function message(array $server): array
    {
        return [
            'id' => (string) ($server['HTTP_WEBHOOK_ID'] ?? ''),
            'timestamp' => (string) ($server['HTTP_WEBHOOK_TIMESTAMP'] ?? ''),
            'signature' => (string) ($server['HTTP_WEBHOOK_SIGNATURE'] ?? ''),
        ];
    }

    /** The service is up, so this ends a pause of the breaker first. */
    public static function work(Settings $settings): void
    {
        Attempt::to('doorbell', static function () use ($settings): void {
            (new Breaker($settings))->reset();
            $deadline = Clock::seconds() + Limits::DOORBELL_SECONDS;
            $round = new Round($settings);
            while (Clock::seconds() < $deadline && $round->work($deadline) > 0) {
                continue;
            }
        });
    }
}
