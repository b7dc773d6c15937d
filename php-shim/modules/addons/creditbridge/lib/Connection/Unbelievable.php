<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Connection;

/**
 * Why a reply is not used, in words for the admin. Whoever sent it is a stranger: what it says is described and never
 * repeated.
 */
final class Unbelievable
{
    const EXPECTED = 'Expected is a reply that our service signed.';
    const SECRETS = 'Press Show the secrets under Connection on the addon page, put both lines into the settings of the service'
        . ' as they stand, and restart it.';
    const CLOCKS = 'The clocks of this server and of the service differ by more than five minutes; keep both on NTP.';
    const ADDRESS = 'Check the Service URL of the addon, CREDITBRIDGE_LISTEN in the settings of the service, and that a proxy'
        . ' between them passes /v1/ on as it is.';

    /** What the service says, unsigned, when it does not believe us. */
    const NOT_ACCEPTED = [
        'signature-wrong' => 'the secrets differ. ' . self::SECRETS,
        'timestamp-too-old' => self::CLOCKS,
        'timestamp-too-new' => self::CLOCKS,
    ];

    /** @param string $refusal what Signer::refusal() says of the reply */
    public static function because(ServiceUrl $url, int $status, string $text, string $refusal): ServiceDown
    {
        if (in_array($status, [401, 413], true) && preg_match('/^\{"code":"([a-z-]{1,40})"\}/', $text, $match)) {
            $cause = self::NOT_ACCEPTED[$match[1]] ?? 'a proxy changes the message or its webhook-* headers, or another'
                . ' program answers. ' . self::ADDRESS;

            return new ServiceDown('not-accepted', 'The service at ' . $url->shown . ' did not accept the message (HTTP '
                . $status . ', ' . $match[1] . '): ' . $cause);
        }
        return new ServiceDown('reply-' . $refusal, self::found($url, $status, $text, $refusal));
    }

    private static function found(ServiceUrl $url, int $status, string $text, string $refusal): string
    {
        $what = 'The reply from ' . $url->shown . ' (HTTP ' . $status . ') ';
        switch ($refusal) {
            case 'signature-wrong':
                return $what . 'does not have the signature of our service: it was signed with another secret than'
                    . ' CREDITBRIDGE_SECRET_TO_WHMCS. ' . self::SECRETS . ' If that does not help, another program answers'
                    . ' there.';
            case 'timestamp-too-old':
            case 'timestamp-too-new':
                return $what . 'has a signature of another time. ' . self::CLOCKS;
            default:
                return $what . 'does not have the signature of our service: it is ' . self::kind($status, $text)
                    . ', so another server answers at this address. ' . self::EXPECTED . ' ' . self::ADDRESS;
        }
    }

    private static function kind(int $status, string $text): string
    {
        $start = ltrim(substr($text, 0, 200));
        if ($status >= 300 && $status < 400) {
            return 'a redirect';
        }
        if ($start === '') {
            return 'empty';
        }
        if ($start[0] === '<') {
            return 'a page of HTML';
        }
        return is_array(json_decode($text, true)) ? 'JSON without a signature' : 'a text without a signature';
    }
}
