const A32: u32 = 0x9e37_79b1;
const B32: u32 = 0x85eb_ca77;
const C32: u32 = 0xc2b2_ae3d;
const D32: u32 = 0x27d4_eb2f;
const E32: u32 = 0x1656_67b1;

/// xxHash of 32 bits, seed 0.
pub fn hash32(bytes: &[u8]) -> u32 {
    let round = |lane: u32, word: u32| lane.wrapping_add(word.wrapping_mul(B32)).rotate_left(13).wrapping_mul(A32);
    let (stripes, mut rest) = bytes.as_chunks::<16>();
    let mut hash = E32;
    if !stripes.is_empty() {
        let mut lanes = [A32.wrapping_add(B32), B32, 0, 0u32.wrapping_sub(A32)];
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<4>().0) {
                *lane = round(*lane, u32::from_le_bytes(*word));
            }
        }
        let turned = lanes.iter().zip([1, 7, 12, 18]).map(|(lane, turn)| lane.rotate_left(turn));
        hash = turned.fold(0, u32::wrapping_add);
    }
    hash = hash.wrapping_add(bytes.len() as u32);
    while let Some((word, behind)) = rest.split_first_chunk::<4>() {
        hash = hash.wrapping_add(u32::from_le_bytes(*word).wrapping_mul(C32)).rotate_left(17).wrapping_mul(D32);
        rest = behind;
    }
    for byte in rest {
        hash = hash.wrapping_add(u32::from(*byte).wrapping_mul(E32)).rotate_left(11).wrapping_mul(A32);
    }
    hash = (hash ^ hash >> 15).wrapping_mul(B32);
    hash = (hash ^ hash >> 13).wrapping_mul(C32);
    hash ^ hash >> 16
}

const A: u64 = 0x9e37_79b1_85eb_ca87;
const B: u64 = 0xc2b2_ae3d_27d4_eb4f;
const C: u64 = 0x1656_67b1_9e37_79f9;
const D: u64 = 0x85eb_ca77_c2b2_ae63;
const E: u64 = 0x27d4_eb2f_1656_67c5;

/// xxHash of 64 bits, seed 0.
pub fn hash64(bytes: &[u8]) -> u64 {
    let (stripes, mut rest) = bytes.as_chunks::<32>();
    let mut hash = E;
    if !stripes.is_empty() {
        let mut lanes = [A.wrapping_add(B), B, 0, 0u64.wrapping_sub(A)];
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<8>().0) {
                *lane = round(*lane, u64::from_le_bytes(*word));
            }
        }
        let turned = lanes.iter().zip([1, 7, 12, 18]).map(|(lane, turn)| lane.rotate_left(turn));
        hash = turned.fold(0, u64::wrapping_add);
        for lane in lanes {
            hash = (hash ^ round(0, lane)).wrapping_mul(A).wrapping_add(D);
        }
    }
    hash = hash.wrapping_add(bytes.len() as u64);
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        hash = (hash ^ round(0, u64::from_le_bytes(*word))).rotate_left(27).wrapping_mul(A).wrapping_add(D);
        rest = behind;
    }
    if let Some((word, behind)) = rest.split_first_chunk::<4>() {
        hash ^= u64::from(u32::from_le_bytes(*word)).wrapping_mul(A);
        hash = hash.rotate_left(23).wrapping_mul(B).wrapping_add(C);
        rest = behind;
    }
    for byte in rest {
        hash = (hash ^ u64::from(*byte).wrapping_mul(E)).rotate_left(11).wrapping_mul(A);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(B);
    hash = (hash ^ hash >> 29).wrapping_mul(C);
    hash ^ hash >> 32
}

fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(B)).rotate_left(31).wrapping_mul(A)
}
