<?php

declare(strict_types=1);

namespace CreditBridge\Tests;

use PHPUnit\Framework\TestCase;
use WHMCS\Module\Addon\Creditbridge\Connection\Signer;

final class SignerTest extends TestCase
{
    const VECTORS = __DIR__ . '/../../bridge/vectors/';

    public function signatures(): array
    {
        return self::cases('signatures.json');
    }

    /** @dataProvider signatures */
    public function testMakesTheSignatureOfTheVector(array $case): void
    {
        $made = Signer::sign($case['id'], $case['timestamp'], $case['body'], self::secrets($case));

        self::assertSame($case['signature'], $made);
    }

    public function refusals(): array
    {
        return array_filter(self::cases('refusals.json'), static function (array $case): bool {
            return $case[0]['stage'] === 'signature';
        });
    }

    /** @dataProvider refusals */
    public function testJudgesAMessageAsTheVectorSays(array $case): void
    {
        $headers = array_change_key_case($case['headers']);
        $refusal = Signer::refusal(
            $headers['webhook-id'] ?? '',
            $headers['webhook-timestamp'] ?? '',
            $case['body'],
            $headers['webhook-signature'] ?? '',
            self::secrets($case),
            $case['now']
        );

        self::assertSame($case['code'] ?? '', $refusal);
    }

    public function testSignsWithEverySecretAndAcceptsAnyWhileASecretRotates(): void
    {
        $old = 'whsec_' . base64_encode(random_bytes(32));
        $new = 'whsec_' . base64_encode(random_bytes(32));
        $header = Signer::sign('id', 1000, 'body', [$old, $new]);

        self::assertSame('', Signer::refusal('id', '1000', 'body', $header, [$old], 1000));
        self::assertSame('', Signer::refusal('id', '1000', 'body', $header, [$new], 1000));
        $foreign = ['whsec_' . base64_encode(random_bytes(32))];
        self::assertSame('signature-wrong', Signer::refusal('id', '1000', 'body', $header, $foreign, 1000));
    }

    /** DecryptPassword may answer so after a move to a WHMCS with another encryption hash. */
    public function testBelievesNobodyByASecretThatCannotBeRead(): void
    {
        $forged = 'v1,' . base64_encode(hash_hmac('sha256', 'id.1000.{}', '', true));

        foreach (['', 'whsec_', "\x8f\x02 no base64", 'whsec_%%%'] as $secret) {
            self::assertSame('signature-wrong', Signer::refusal('id', '1000', '{}', $forged, [$secret], 1000));
            self::assertSame('', Signer::sign('id', 1000, '{}', [$secret]));
        }
    }

    private static function secrets(array $case): array
    {
        return array_values(array_filter([$case['secret'], $case['nextSecret'] ?? null]));
    }

    private static function cases(string $file): array
    {
        $cases = [];
        foreach (json_decode(file_get_contents(self::VECTORS . $file), true) as $case) {
            $cases[$case['name']] = [$case];
        }
        return $cases;
    }
}
