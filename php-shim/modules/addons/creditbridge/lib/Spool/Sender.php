<?php

declare(strict_types=1);

namespace WHMCS\Module\Addon\Creditbridge\Spool;

use WHMCS\Module\Addon\Creditbridge\Clock;
use WHMCS\Module\Addon\Creditbridge\Connection\Reply;
use WHMCS\Module\Addon\Creditbridge\Connection\Service;
use WHMCS\Module\Addon\Creditbridge\Connection\ServiceDown;
use WHMCS\Module\Addon\Creditbridge\Installation\Manifest;
use WHMCS\Module\Addon\Creditbridge\Limits;
use WHMCS\Module\Addon\Creditbridge\Settings;
use WHMCS\Module\Addon\Creditbridge\Signals;

/**
 * Delivers spooled items and settles each by the service's answer.
 */
final class Sender
{
    /** Refusals of a whole message that a single item in it may have caused. */
    const ITEM_MAY_BE_THE_CAUSE = [
        'body-malformed', 'body-too-deep', 'string-too-long', 'envelope-invalid', 'batch-too-large',
    ];

    /** @var Settings */
    private $settings;
    /** @var Service */
    private $service;
    /** @var int waiting commands, from the last reply */
    private $waiting = 0;

    public function __construct(Settings $settings, Service $service)
    {
        $this->settings = $settings;
        $this->service = $service;
    }

    public function waiting(): int
    {
        return $this->waiting;
    }

    /**
     * Sends due items until none is left, the deadline passes or the service is down.
     *
     * @param float $deadline by Clock::seconds()
     * @return int how many items were settled
     */
    public function drain(float $deadline): int
    {
        $settled = 0;
        while (Clock::seconds() < $deadline && !$this->service->breaker()->isOpen()) {
            $sent = Signals::after(function () use ($deadline) {
                return $this->sendSome($deadline);
            });
            if ($sent === null) {
                break;
            }
            $settled += $sent;
        }
        return $settled;
    }

    /** @return int|null how many items were settled; null if none is due, or the service is down */
    private function sendSome(float $deadline)
    {
        $taken = Spool::take($this->service->deliveryOverhead());
        if ($taken['rows'] === []) {
            return null;
        }
        try {
            return $this->send($taken['rows'], $taken['by'], $deadline);
        } catch (ServiceDown $down) {
            Spool::release(array_column($taken['rows'], 'id'), $taken['by']);
            return null;
        }
    }

    /**
     * Sends one item that is already taken. Returns the service's result for it, or null if it stays in the spool.
     */
    public function ask(Item $item, int $timeoutMs)
    {
        $row = ['id' => $item->id, 'item' => $item->bytes, 'attempts' => 0];
        try {
            $reply = $this->service->deliver([$item->bytes], $item->id, $timeoutMs);
            Answered::add($this->settle($reply, [$row]));
        } catch (ServiceDown $down) {
            Spool::release([$item->id], $item->id);
            return null;
        }
        return $this->acceptedResult($reply, $item);
    }

    /** Asks about an item that is not spooled. Returns null if there is no answer. */
    public function inquire(Item $item, int $timeoutMs)
    {
        try {
            $reply = $this->service->deliver([$item->bytes], $item->id, $timeoutMs);
        } catch (ServiceDown $down) {
            return null;
        }
        return $this->acceptedResult($reply, $item);
    }

    private function acceptedResult(Reply $reply, Item $item)
    {
        $result = $this->resultsById($reply)[$item->id] ?? [];

        return ($result['outcome'] ?? '') === 'accepted' ? $result : null;
    }

    /** @throws ServiceDown */
    private function send(array $rows, string $by, float $deadline): int
    {
        // A single delivery is signed with the item's own id, as any Standard Webhooks library does.
        $id = count($rows) === 1 ? $rows[0]['id'] : $by;
        $reply = $this->service->deliver(array_column($rows, 'item'), $id, self::timeoutMs($deadline));
        if ($reply->status === 200) {
            $settled = $this->settle($reply, $rows);
            Spool::delete($settled);
            Manifest::follow($this->settings, $this->service, (int) ($reply->body['manifest'] ?? 0));
            return count($settled);
        }
        if (!in_array($reply->code(), self::ITEM_MAY_BE_THE_CAUSE, true)) {
            throw new ServiceDown('refused', 'The service refused the message: ' . $reply->code() . '.');
        }
        if (count($rows) === 1) {
            Spool::postpone($rows[0], Spool::PAUSES_SECONDS, $reply->code());
            return 0;
        }
        // Halving isolates the item that the service cannot read; the others are delivered.
        list($first, $second) = array_chunk($rows, (int) ceil(count($rows) / 2));
        return $this->send($first, $first[0]['id'], $deadline) + $this->send($second, $second[0]['id'], $deadline);
    }

    /** How long to wait for an answer: until the deadline, but never so briefly that a service at work looks down. */
    private static function timeoutMs(float $deadline): int
    {
        $leftMs = (int) (1000 * ($deadline - Clock::seconds()));

        return max(Limits::INLINE_MS, min(Limits::BATCH_MS, $leftMs));
    }

    /**
     * Puts off the items that are to be sent again.
     *
     * @return string[] the ids of the others, whose rows are to be deleted
     * @throws ServiceDown if the reply says nothing about the items
     */
    private function settle(Reply $reply, array $rows): array
    {
        if ($reply->status !== 200 || !is_array($reply->body['results'] ?? null)) {
            throw new ServiceDown('refused', 'The service refused the message: ' . $reply->code() . '.');
        }
        $results = $this->resultsById($reply);
        $settled = [];
        foreach ($rows as $row) {
            $result = $results[$row['id']] ?? ['outcome' => 'retry', 'code' => 'no-result'];
            switch (self::text($result, 'outcome')) {
                case 'accepted':
                case 'duplicate':
                case 'refused':
                    $settled[] = $row['id'];
                    break;
                case 'not-visible-yet':
                    Spool::postpone($row, Spool::NOT_VISIBLE_SECONDS, 'not-visible-yet');
                    break;
                default:
                    Spool::postpone($row, Spool::PAUSES_SECONDS, self::text($result, 'code') ?: 'retry');
            }
        }
        $this->waiting = (int) ($reply->body['waiting'] ?? 0);

        return $settled;
    }

    /** A member that is a text; '' otherwise. */
    private static function text(array $result, string $member): string
    {
        return is_string($result[$member] ?? null) ? $result[$member] : '';
    }

    private function resultsById(Reply $reply): array
    {
        $byId = [];
        $results = $reply->body['results'] ?? [];
        foreach (is_array($results) ? $results : [] as $result) {
            if (is_array($result) && is_string($result['id'] ?? null)) {
                $byId[$result['id']] = $result;
            }
        }
        return $byId;
    }
}
