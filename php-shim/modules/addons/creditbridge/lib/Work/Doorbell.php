<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Work;

use WHMCS\Module\Addon\Creditbridge\Attempt;
use WHMCS\Module\Addon\Creditbridge\Connection\Breaker;
use WHMCS\Module\Addon\Creditbridge\Connection\Secrets;
use WHMCS\Module\Addon\Creditbridge\Connection\Signer;
use WHMCS\Module\Addon\Creditbridge\Json;
use WHMCS\Module\Addon\Creditbridge\Limits;
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
     * @param array $server $_SERVER
     * @return int the HTTP status: 204 (then work follows) or 401
     */
    public static function judge(array $server, string $body, Settings $settings): int
    {
        $refusal = strlen($body) > self::BODY_BYTES ? 'body-too-large' : Signer::refusal(
            (string) ($server['HTTP_WEBHOOK_ID'] ?? ''),
            (string) ($server['HTTP_WEBHOOK_TIMESTAMP'] ?? ''),
            $body,
            (string) ($server['HTTP_WEBHOOK_SIGNATURE'] ?? ''),
            Secrets::of(Secrets::TO_WHMCS),
            time()
        );
        $message = Json::decode($body);
        $isForUs = ($server['REQUEST_METHOD'] ?? '') === 'POST'
            && ($message['to'] ?? '') === self::ADDRESS
            && ($message['installation'] ?? '') === $settings->text('installation');

        return $refusal === '' && $isForUs ? 204 : 401;
    }

    /** The service is up, so this ends a pause of the breaker first. */
    public static function work(Settings $settings): void
    {
        (new Breaker($settings))->reset();
        Attempt::to('doorbell', static function () use ($settings): void {
            $deadline = microtime(true) + Limits::DOORBELL_SECONDS;
            $round = new Round($settings);
            while (microtime(true) < $deadline && $round->work($deadline) > 0) {
                continue;
            }
        });
    }
}
